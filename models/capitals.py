"""The runs of capitals in a text, which may be names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.names import names

#: Of a name; a longer run of capitals is cut.
MOST_WORDS = 12
_WORD = re.compile(r"(?:[dljmnstc]|qu)['’](?=[^\W\d_]{2})|(?:o|d|n)['’][^\W\d_]+|[^\W\d_]+(?:[-‐‑'’][^\W\d_]{2,})*", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[.!?…:•\n]|[–—]\s|\s-\s)[\s\"'“”‘’«»(\[¿¡-]*$")


@dataclass(frozen=True)
class Token:
    """A word at [start, end) of a text; ``key`` is the word folded."""

    start: int
    end: int
    key: str
    text: str
    opens: bool  # begins a sentence, where a capital says nothing

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def loud(self) -> bool:
        """Whether it is all capitals, as acronyms are ("NGO", "NGOs")."""
        return len(self.text) > 1 and self.text.removesuffix("s").isupper()


def tokens(text: str, key: str) -> Iterator[Token]:
    """Yield the words of a text in Latin letters, without elided articles and possessive endings; ``key`` is the text folded."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if key[start:end].endswith("'s"):
            end -= 2
        if key[start:end].endswith("'") or (not text[start].isascii() and "가" <= text[start] <= "힣"):
            continue
        yield Token(start, end, key[start:end], text[start:end], _OPENING.search(text, max(0, start - 6), start) is not None)


def runs(text: str, words: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the runs of capitals, with the particles between them, that begin and end with a capital."""
    particles = names().particles
    run: list[Token] = []
    for token in words:
        between = text[run[-1].end : token.start] if run else ""
        joined = bool(run) and (between in _BLANKS or (between in _AFTER_INITIAL and _may_be_short(run[-1])))
        if joined and between in _BLANKS and run[-1].key in _LETTERS:
            joined = False
        if joined and token.capital:
            joined = token.loud == run[-1].loud or (token.loud and _plain_loud(token)) or len(run[-1].text) == 1
        if run and joined and len(run) < MOST_WORDS and (token.capital or token.key in particles):
            run.append(token)
            continue
        yield from trimmed(run)
        run = [token] if token.capital else []
    yield from trimmed(run)


_LETTERS = frozenset("aàeéioy")  # words of one letter, where no full stop makes them initials
_BLANKS = frozenset((" ", "  ", "\u00a0"))
_AFTER_INITIAL = frozenset((". ", ".", ".\u00a0"))


def _may_be_short(token: Token) -> bool:
    return len(token.text) == 1 or token.key in names().titles


def _plain_loud(token: Token) -> bool:
    """Tell a surname in capitals ("Jean DUPONT") from an acronym."""
    return token.key in names().persons


def trimmed(run: list[Token]) -> Iterator[list[Token]]:
    """Yield a run up to its last capital; none where nothing is left, or an initial alone."""
    while run and not run[-1].capital:
        run = run[:-1]
    if run and not (len(run) == 1 and len(run[0].text) == 1):
        yield run
