"""The one form in which text enters: composed, with plain line ends and without characters nobody can see."""

from __future__ import annotations

import re
import unicodedata

# Every way of ending a line that is not "\n"; vertical tab and form feed are soft line breaks of word processors.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Controls (all but tab and newline), Unicode's bidirectional controls, stray byte-order marks.
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# Half a surrogate pair cannot be written as UTF-8.
_SURROGATES = re.compile("[\ud800-\udfff]")

_BLANKS = re.compile(r"\s+")


def clean_text(text: str) -> tuple[str, int]:
    """Return the text in NFC with "\\n" line ends, without hidden controls and outer white space, and how many it had."""
    text = _LINE_ENDS.sub("\n", text)
    hidden = 0
    if not text.isprintable():
        text, hidden = _HIDDEN.subn("", text)
        text, halves = _SURROGATES.subn("\N{REPLACEMENT CHARACTER}", text)
        hidden += halves
    return unicodedata.normalize("NFC", text).strip(), hidden


def clean_name(name: str) -> str:
    """Return a column's name on one line: cleaned, every run of white space one space."""
    return _BLANKS.sub(" ", clean_text(name)[0]).strip()
