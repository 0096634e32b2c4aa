"""What others measured of a country: HRMI's scores and the people whom its experts see at risk. Context, and no proof of anything.

The tables come with the program (``store/hrmi``, whose SOURCE.md says where from and under which licence) and are published by HRMI.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from taxonomy.countries import to_alpha3
from taxonomy.errors import StoreError

__all__ = ["AtRisk", "CivilScore", "CountryContext", "SocialScore", "country_context", "read_context"]

#: HRMI's editions as its repository calls them, by the years in which it asked, and the shipped survey whose waves they are.
EDITIONS = {"v2": "2018", "v3_1": "2019"}
EDITIONS_OF = "hrmi-people-at-risk"
FOLDER = Path(__file__).with_name("hrmi")

_LARGEST = 5_000_000
_YEARS = (1990, 2100)
_STANDARDS = ("core", "high income")


@dataclass(frozen=True)
class CivilScore:
    """A civil or political right, from 0 (worst) to 10 (best), with the band between the 10th and the 90th percentile."""

    country: str
    right: str
    year: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class SocialScore:
    """An economic or social right: the percentage of what is feasible at the country's income, by the ``standard`` set."""

    country: str
    right: str
    year: int
    standard: str
    score: float


@dataclass(frozen=True)
class AtRisk:
    """How many of HRMI's experts on a country ``named`` a group of people as being particularly at risk regarding a right."""

    country: str
    right: str
    year: int
    people: str
    named: int
    experts: int


Found = TypeVar("Found", CivilScore, SocialScore, AtRisk)


@dataclass(frozen=True)
class CountryContext:
    """What there is about one country; each part may be empty."""

    civil: tuple[CivilScore, ...] = ()
    social: tuple[SocialScore, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()


def country_context(country: str) -> CountryContext:
    """Return what there is about a country given by its alpha-3 code."""
    return _shipped().get(country, CountryContext())


@cache
def _shipped() -> dict[str, CountryContext]:
    return read_context(FOLDER)


def read_context(folder: Path) -> dict[str, CountryContext]:
    """Read the three tables of a folder, by country.

    Raises:
        StoreError: a table is missing, has other columns, or a row that cannot be true; the message names the file and the row.
    """
    civil = _by_country(_rows(folder / "civil.csv", ("country", "right", "year", "mean", "low", "high"), _civil))
    social = _by_country(_rows(folder / "social.csv", ("country", "right", "year", "standard", "score"), _social))
    at_risk = _by_country(_rows(folder / "at_risk.csv", ("country", "right", "year", "people", "named", "experts"), _at_risk))
    return {
        country: CountryContext(tuple(civil.get(country, ())), tuple(social.get(country, ())), tuple(at_risk.get(country, ())))
        for country in sorted({*civil, *social, *at_risk})
    }


def _by_country(rows: Iterable[Found]) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for row in rows:
        found.setdefault(row.country, []).append(row)
    return found


def _rows(path: Path, columns: Sequence[str], checked: Callable[[Sequence[str]], Found]) -> Iterator[Found]:
    try:
        if path.stat().st_size > _LARGEST:
            raise StoreError(f"{path}: larger than {_LARGEST // 1_000_000} MB; it is no table of country scores")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read ({type(error).__name__}); install the program again") from error
    lines = csv.reader(text.splitlines())
    if tuple(next(lines, ())) != tuple(columns):
        raise StoreError(f"{path}: its columns must be {', '.join(columns)}")
    for number, row in enumerate(lines, start=2):
        try:
            yield checked(_whole(row, columns))
        except ValueError as error:
            raise StoreError(f"{path}: row {number}: {error}") from None


def _whole(row: Sequence[str], columns: Sequence[str]) -> Sequence[str]:
    if len(row) != len(columns):
        raise ValueError(f"must have {len(columns)} cells")
    country, right, year = row[:3]
    if not _is_country(country):
        raise ValueError("the country is no ISO 3166-1 alpha-3 code")
    if not right:
        raise ValueError("names no right")
    if not year.isascii() or not year.isdigit() or not _YEARS[0] <= int(year) <= _YEARS[1]:
        raise ValueError("the year is no year")
    return row


@cache
def _is_country(country: str) -> bool:
    return to_alpha3(country) == country


def _civil(row: Sequence[str]) -> CivilScore:
    country, right, year, *figures = row
    mean, low, high = (_figure(figure, "a score", 0, 12) for figure in figures)
    if not low <= mean <= high:
        raise ValueError("the score must lie within its band")
    if mean > 10:
        raise ValueError("a score is 10 at most")
    return CivilScore(country, right, int(year), mean, low, high)


def _social(row: Sequence[str]) -> SocialScore:
    country, right, year, standard, score = row
    if standard not in _STANDARDS:
        raise ValueError(f"the standard must be one of {', '.join(_STANDARDS)}")
    return SocialScore(country, right, int(year), standard, _figure(score, "a percentage", 0, 100))


def _at_risk(row: Sequence[str]) -> AtRisk:
    country, right, year, people, named, experts = row
    counts = [int(_figure(count, "a count", 1, 100_000)) for count in (named, experts)]
    if counts[0] > counts[1]:
        raise ValueError("more experts named the group than were asked")
    return AtRisk(country, right, int(year), people, *counts)


def _figure(text: str, what: str, lowest: float, highest: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not lowest <= value <= highest:
        raise ValueError(f"{what} must be a number from {lowest:g} to {highest:g}")
    return value
