"""What in a quote could lead to the person who said it, each with its reason: for whoever decides on its release, who knows more.

Signs, not a measure: a quote without any can still be told apart by those who know the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from models import naming
from models.coding import Span
from models.masking import KINDS
from store.release import NameLike

Kind = Literal["country", "role", "place", "name", "mask", "date", "number", "speech", "length", "words"]

#: A group is small under so many, and a word rare that so many answers or fewer have.
SMALL = 10
RARE = 2
#: Rare words are a style where they are so many, and so large a share of all.
_STYLED, _STYLED_SHARE = 4, 0.2
_SPOKEN = 3  # words between quotation marks that make it speech and not a term

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_MASK = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
_PLACED = re.compile(
    r"\b(?:in|at|near|from|outside|en|desde|cerca de|dans|près de|à|em|no|na|perto de|(?:village|town|district|province|barrio|pueblo|"
    r"municipio|aldeia|bairro|quartier|ville|commune)(?: of| de| d['’])?)\s+",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|ene|f[eé]v|feb|mar|a[pbv]r|ma[iy]|jui|ju[nl]|a[ug][go]|aoû|sep|set|o[cu]t|nov|d[eié][cz])[^\W\d_]{0,7}\.?"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|º)?\s(?:de\s|of\s)?{_MONTH}\b|\b{_MONTH}\s\d{{1,2}}\b|"
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d{1,2}월\s?\d{1,2}일",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d[\d.,]*")
_SPEECH = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]|『[^』]*』|「[^」]*」")


@dataclass(frozen=True)
class Surroundings:
    """What stands around a quote in its survey, without what was withdrawn.

    Attributes:
        in_country: how many respondents (or answers, where a survey has none) its country has, None where it has no country.
        roles: what the survey keeps of the respondent, by name: the value and how many have it.
        words: how many answers of the survey have a word, in small letters.
        usual_length: what nine in ten quotes of the survey do not exceed, in code points.
    """

    in_country: int | None = None
    roles: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    usual_length: int = 0


@dataclass(frozen=True)
class Risk:
    """A reason to look twice: its kind, what there is to say, and the words it was read from, as spans of the quote."""

    kind: Kind
    says: str
    spans: tuple[Span, ...] = ()


def risks(text: str, language: str | None, around: Surroundings, names: NameLike) -> tuple[Risk, ...]:
    """Return the risks of a masked quote, the gravest kinds first."""
    found = [*_small_groups(around)]
    named = tuple(names(text, language))
    places = tuple(span for span in _places(text) if around.words.get(text[span.start : span.end].lower(), 0) <= RARE)
    dates = _spans(_DATE, text)
    numbers = tuple(
        span for span in _spans(_NUMBER, text) if not _within(span, dates) and not _YEAR.fullmatch(text[span.start : span.end].rstrip(".,"))
    )
    speech = tuple(span for span in _spans(_SPEECH, text) if len(_WORD.findall(text[span.start : span.end])) >= _SPOKEN)
    found += [
        Risk("name", "words that look like a name", named),
        Risk("place", f"a place that at most {RARE} answers name", places),
        Risk("mask", "something was masked here: what stands around it can tell what", _spans(_MASK, text)),
        Risk("date", "an exact date", dates),
        Risk("number", "exact numbers", numbers),
        Risk("speech", "somebody’s own words between quotation marks", speech),
        Risk("words", f"a way of speaking of its own: words that at most {RARE} answers have", _unusual(text, language, around)),
    ]
    kept = [risk for risk in found if risk.spans or risk.kind in ("country", "role")]
    if around.usual_length and len(text) > around.usual_length:
        kept.append(Risk("length", "longer than nine in ten quotes of its survey"))
    return tuple(kept)


@lru_cache(maxsize=1_000)
def name_like(text: str, language: str | None) -> tuple[Span, ...]:
    """Return what looks like a name in a masked text and is not surely one: a ``NameLike`` that knows all languages of the masking.

    The first text of a language may take seconds, until its pipeline is loaded. Texts that were looked at are remembered.
    """
    return naming.name_like(text, language)


def words(text: str) -> set[str]:
    """Return the words of a text in small letters, as ``Surroundings.words`` has them."""
    return {word.lower() for word in _WORD.findall(text)}


def _small_groups(around: Surroundings) -> list[Risk]:
    few = f"fewer than {SMALL}"
    found = (
        [Risk("country", f"{few} people of its country answered")] if around.in_country is not None and around.in_country < SMALL else []
    )
    rare = sorted(name for name, (_, number) in around.roles.items() if number < SMALL)
    return [*found, *(Risk("role", f"{few} people have its {name} ({around.roles[name][0]})") for name in rare)]


def _places(text: str) -> list[Span]:
    starts = [met.end() for met in _PLACED.finditer(text)]
    return [Span(*met.span()) for start in starts if (met := _WORD.match(text, start)) and text[start].isupper()]


def _unusual(text: str, language: str | None, around: Surroundings) -> tuple[Span, ...]:
    # Korean glues its particles to the words, so that most forms are rare.
    if language == "ko" or not around.words:
        return ()
    met = [found.span() for found in _WORD.finditer(_MASK.sub(lambda mask: " " * len(mask.group()), text))]
    rare = [Span(*span) for span in met if around.words.get(text[span[0] : span[1]].lower(), 0) <= RARE]
    return tuple(rare) if len(rare) >= _STYLED and len(rare) >= _STYLED_SHARE * len(met) else ()


def _spans(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    return tuple(Span(*met.span()) for met in pattern.finditer(text))


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)
