"""Texts as cue matchers see them: folded words, their dictionary forms, and where each stands in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from models.coding import Span
from models.packages import korean

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

LEMMATISED = frozenset({"en", "es", "fr", "pt"})
KOREAN = "ko"

# Contractions hide the preposition that a phrase is written with; articles come between the words of a phrase or do not.
CONTRACTIONS: dict[str, dict[str, str]] = {
    "en": {"n't": "not"},
    "es": {"del": "de", "al": "a"},
    "fr": {"du": "de", "des": "de", "d'": "de", "au": "a", "aux": "a", "s'": "se", "n'": "ne", "qu'": "que"},
    "pt": {
        **dict.fromkeys(("do", "da", "dos", "das"), "de"),
        **dict.fromkeys(("no", "na", "nos", "nas"), "em"),
        **dict.fromkeys(("pelo", "pela", "pelos", "pelas"), "por"),
        **dict.fromkeys(("num", "numa"), "em"),
        "d'": "de",
    },
}
ARTICLES: dict[str, frozenset[str]] = {
    "en": frozenset({"the", "a", "an"}),
    "es": frozenset({"el", "la", "los", "las", "un", "una", "unos", "unas", "lo"}),
    "fr": frozenset({"le", "la", "les", "l'", "un", "une"}),
    "pt": frozenset({"o", "a", "os", "as", "um", "uma", "uns", "umas", "ao", "aos"}),
}
#: Korean particles, endings, verbalisers, the plural and most symbols carry no meaning for a cue.
_KOREAN_DROPPED = frozenset({"XSV", "XSA", "VCP", "SS", "SSO", "SSC", "SE", "SO", "SW"})
_SENTENCE_END = frozenset({".", "!", "?", ";", "...", "。", "！", "？"})
# Words are read by these few patterns because spaCy's own tokenizers need seconds to compile (French four) and keep apart what
# cues need together: hyphens part words, so that "trade-union" and "trade union" are the same phrase.
_PUNCTUATION = r"\s!-/:-@\[-`{-~¡¿«»“”„‘’‚–—‐‑…·•。、！？，；："
_WORD = rf"(?:[^\W\d_]\.){{2,}}|\d+(?:[.,]\d+)*|[^{_PUNCTUATION}]+|[^\s\-‐‑]"
_CLITICS = {
    "en": r"[a-z]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|",
    "fr": r"aujourd['’]hui|\b(?:qu|lorsqu|puisqu|jusqu|[cdjlmnst])['’]|",
    "pt": r"\bd['’]|",
}
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})

Word = tuple[str, str, int, int]  # folded surface, folded lemma, start, end


@dataclass(frozen=True)
class Normalised:
    """A text's words: NORM is the folded surface, LEMMA the folded dictionary form, ``starts`` and ``ends`` code points of the text."""

    doc: Doc
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, first: int, last: int) -> Span:
        """Return the code points that words ``first`` up to and without ``last`` cover."""
        return Span(self.starts[first], max(self.ends[first:last]))

    @cached_property
    def sentences(self) -> tuple[int, ...]:
        """The number of the sentence that each word stands in; a semicolon ends one too."""
        numbers, current = [], 0
        for token in self.doc:
            numbers.append(current)
            current += token.text in _SENTENCE_END
        return tuple(numbers)


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return the text without case, diacritics and characters that nobody sees; apostrophes are made straight."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", _visible(text).translate(_APOSTROPHES).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _visible(text: str) -> str:
    # Direction marks, joiners and zero-width spaces stick to words; a table coded as it is may have any of them.
    return text if text.isprintable() else "".join(c for c in text if unicodedata.category(c) != "Cf")


@lru_cache(maxsize=200_000)
def lemma(word: str, language: str) -> str:
    """Return the folded dictionary form of a word out of context; where none is known, the folded word."""
    folded = fold(word)
    contraction = CONTRACTIONS.get(language, {}).get(folded)
    if contraction is not None:
        return contraction
    if language not in LEMMATISED or not folded.isalpha():
        return folded
    import simplemma

    # The lemmatiser's words are composed: "n" and a tilde of its own is no letter that it knows.
    return fold(simplemma.lemmatize(unicodedata.normalize("NFC", _visible(word)).casefold(), lang=language))


@lru_cache(maxsize=1)
def shared_vocab() -> Vocab:
    """Return the one vocabulary of all normalised documents, so that any matcher may read any of them."""
    from spacy.attrs import NORM
    from spacy.vocab import Vocab

    return Vocab(lex_attr_getters={NORM: str})


def normalise(text: str, language: str) -> Normalised:
    """Return the words of a text. Languages without a lemmatiser keep their surface as lemma."""
    return document(_splitter(language)(text))


def document(words: list[Word]) -> Normalised:
    """Wrap words into a document that spaCy's matchers read."""
    from spacy.tokens import Doc

    doc = Doc(shared_vocab(), words=[w[0] for w in words], lemmas=[w[1] for w in words])
    return Normalised(doc, tuple(w[2] for w in words), tuple(w[3] for w in words))


@lru_cache(maxsize=32)
def _splitter(language: str) -> Callable[[str], list[Word]]:
    return _korean_splitter() if language == KOREAN else _word_splitter(language)


def _word_splitter(language: str) -> Callable[[str], list[Word]]:
    pattern = re.compile(_CLITICS.get(language, "") + _WORD, re.IGNORECASE)
    articles = ARTICLES.get(language, frozenset())

    def split(text: str) -> list[Word]:
        words: list[Word] = []
        for found in pattern.finditer(text):
            folded = fold(found[0])
            if folded and folded not in articles:
                words.append((folded, lemma(found[0], language), found.start(), found.end()))
        return words

    return split


def _korean_splitter() -> Callable[[str], list[Word]]:
    kiwi: Any = korean()

    def split(text: str) -> list[Word]:
        words: list[Word] = []
        for token in kiwi.tokenize(text):
            tag = token.tag
            if tag[0] in "JE" or tag in _KOREAN_DROPPED or (tag == "XSN" and token.form == "들"):
                continue
            form = fold(token.form)
            words.append((form, form, token.start, token.start + token.len))
        return words

    return split
