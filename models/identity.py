"""Identifiers by content: the same parts give the same id, on every machine."""

from __future__ import annotations

import hashlib


def identifier(*parts: object) -> str:
    """Return 20 hexadecimal digits (80 bits) that stand for the parts, in order.

    Each part is prefixed with its length, so that ("ab", "c") and ("a", "bc") differ. ``None`` differs from "".
    """
    coded = [b"\xff" if part is None else str(part).encode("utf-8", "surrogatepass") for part in parts]
    prefixed = b"".join(len(part).to_bytes(8, "big") + part for part in coded)
    return hashlib.blake2b(prefixed, digest_size=10).hexdigest()


def quote_id(survey: str, answer: str, masked_text: str, start: int, end: int) -> str:
    """Return the id of a quote: what decisions and links bind to, whatever the segmentation around it."""
    return identifier("quote", survey, answer, masked_text, start, end)


def text_hash(text: str) -> str:
    """Return the key under which a text's vectors are cached (32 hexadecimal digits)."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
