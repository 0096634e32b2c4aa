"""Letters without case and accents, at the same offsets as before."""

from __future__ import annotations

import unicodedata

_SAME = {"đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ı": "i", "İ": "i", "’": "'", "‘": "'", "‐": "-", "‑": "-"}


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].casefold()
    return base if len(base) == 1 else character


_PLAIN = str.maketrans({chr(code): _plain(chr(code)) for code in (*range(0x250), *range(0x1E00, 0x1F00))} | _SAME)


def folded(text: str) -> str:
    """Return a text of the same length whose Latin letters have neither case nor accents; other letters stay."""
    return text.translate(_PLAIN)
