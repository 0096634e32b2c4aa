"""Who is named in texts, in all languages together: lists and patterns, a pipeline where one exists, the analyser for Hangul."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from models.coding import Span
from models.entities import Entity, entities
from models.korean_persons import HANGUL, korean_persons
from models.language import identify
from models.persons import Named, Reading
from models.public_figures import PublicFigures, shipped_figures

_LANGUAGES = ("en", "es", "fr", "ko", "pt")


def named(texts: Sequence[str], languages: Sequence[str | None], figures: PublicFigures) -> list[Named]:
    """Return whom each text names. ``languages`` are the declared ones, or None where nobody said."""
    readings = [Reading(text, figures, language) for text, language in zip(texts, languages, strict=True)]
    waiting: dict[str, list[int]] = defaultdict(list)
    for place, (text, reading, declared) in enumerate(zip(texts, readings, languages, strict=True)):
        if reading.doubts:
            waiting[identify(text, _LANGUAGES, declared).language].append(place)
    seen: dict[int, list[Entity]] = {}
    for language, places in sorted(waiting.items()):
        found = entities([texts[place] for place in places], [readings[place].doubts for place in places], language)
        seen.update(zip(places, found, strict=True))
    return [
        _with_korean(text, reading.named(seen.get(place, ())), figures)
        for place, (text, reading) in enumerate(zip(texts, readings, strict=True))
    ]


def name_like(text: str, language: str | None, figures: PublicFigures | None = None) -> tuple[Span, ...]:
    """Return what looks like a name and is not surely one: in a masked text, what a person has to look at before it is shown.

    Give it the masked text; placeholders are never name-like.
    """
    (found,) = named([text], [language], figures or shipped_figures())
    return tuple(sorted({*found.name_like, *found.persons}))


def _with_korean(text: str, found: Named, figures: PublicFigures) -> Named:
    if HANGUL.search(text) is None:
        return found
    persons, unsure = korean_persons(text, figures)
    return Named((*found.persons, *persons), (*found.name_like, *unsure), found.public)
