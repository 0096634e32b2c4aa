"""All that a protected answer is masked for besides addresses and numbers: persons, dates, small places, revealing words, local numbers."""

from __future__ import annotations

from collections.abc import Sequence

from models.local_numbers import local_numbers
from models.masking import Finding
from models.naming import named
from models.public_figures import PublicFigures
from models.revealing import revealing_words
from models.whereabouts import exact_dates, small_places


def personal_findings(
    texts: Sequence[str], languages: Sequence[str | None], countries: Sequence[str | None], figures: PublicFigures
) -> list[list[Finding]]:
    """Return what is to be masked in each text, overlaps included."""
    return [
        [
            *(Finding(span.start, span.end, "person") for span in found.persons),
            *exact_dates(text),
            *small_places(text),
            *revealing_words(text),
            *local_numbers(text, country),
        ]
        for text, country, found in zip(texts, countries, named(texts, languages, figures), strict=True)
    ]
