"""The form in which two spellings of one name are the same."""

from __future__ import annotations

import re
import unicodedata

_DIACRITICS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return a text without case, diacritics and punctuation, its words a space apart; Korean syllables stay whole."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", _DIACRITICS.sub("", unicodedata.normalize("NFKD", folded)))
    return _BETWEEN_WORDS.sub(" ", folded).strip()
