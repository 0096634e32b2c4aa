"""How a survey's columns map to what an answer is: the tables of ``survey.toml``."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from flows.cleaning import clean_name
from flows.dates import iso_date
from flows.faults import unique
from taxonomy.countries import to_alpha3
from taxonomy.languages import to_iso639_1

Area = Literal["physical_integrity", "empowerment", "economic_social"]


def _as_text(value: Any) -> Any:
    """Numbers and dates of TOML stand for their text."""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def filled(value: str) -> str:
    """Return a text without outer white space, or complain that it is blank."""
    if not value.strip():
        raise ValueError("is blank")
    return value.strip()


def inside(value: str) -> str:
    """Return the name of a file, or complain that it leads out of the survey's folder."""
    parts = re.split(r"[/\\]", value)
    if not value.strip() or value.startswith(("/", "\\", "~")) or ".." in parts or re.match(r"[A-Za-z]:", value):
        raise ValueError(f'"{value}" leaves the survey\'s folder; name files inside it')
    return value


def _named(value: str) -> str:
    return clean_name(filled(value))


Text = Annotated[str, BeforeValidator(_as_text), Field(strict=True)]
Filled = Annotated[str, BeforeValidator(_as_text), Field(strict=True)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]


class Part(BaseModel):
    """A table of the description: nothing in it is unknown, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Part):
    """Where a value comes from: a column, or one fixed value for all rows."""

    column: Filled | None = None
    value: Filled | None = None

    _names = field_validator("column")(_named)
    _values = field_validator("value")(filled)

    @model_validator(mode="after")
    def _one(self) -> Source:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either a column or a value")
        return self


class Coded(Source):
    """A country or a language, with the export's own spellings or choice numbers: ``values = {"1" = "BRA"}``."""

    values: dict[str, Text] = Field(default_factory=dict)

    def standard(self, name: str) -> str | None:
        """Return the code a value of the export stands for, as ISO has it."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _known(self) -> Coded:
        fixed = () if self.value is None else (self.value,)
        for name in (*fixed, *self.values.values()):
            if self.standard(name) is None:
                raise ValueError(f'"{name}" is not known; give its ISO code')
        return self

    def code(self, name: str) -> str | None:
        """Return the ISO code of a cell, by the spellings given here and then by those generally known."""
        for spelling, stands_for in self.values.items():
            if spelling.strip().casefold() == name.strip().casefold():
                return self.standard(stands_for)
        return self.standard(name)


class CountrySource(Coded):
    """The country an answer is about."""

    may_be_blank: bool = False

    def standard(self, name: str) -> str | None:
        """Return the ISO 3166-1 alpha-3 code."""
        return to_alpha3(name)


class LanguageSource(Coded):
    """The language an answer is said to be in."""

    def standard(self, name: str) -> str | None:
        """Return the ISO 639-1 code."""
        return to_iso639_1(name)


class DateSource(Source):
    """A date, with the form it is written in where the year does not come first."""

    format: Filled | None = None

    @model_validator(mode="after")
    def _readable(self) -> DateSource:
        if self.value is not None and iso_date(self.value, self.format) is None:
            raise ValueError("the value is not a date; write it as 2027-01-31")
        return self


class Consent(Part):
    """The column that says whether an answer may be used, and the values that mean yes."""

    column: Filled
    yes: Texts = Field(min_length=1)

    _names = field_validator("column")(_named)

    def given(self, cell: str) -> bool:
        """Return whether a cell means yes."""
        return cell.strip().casefold() in {value.strip().casefold() for value in self.yes}


Columned = BeforeValidator(_as_column)


class Columns(Part):
    """Which column holds what."""

    respondent: Filled | None = None
    id: Filled | None = None
    country: Annotated[CountrySource, Columned] | None = None
    language: Annotated[LanguageSource, Columned] | None = None
    wave: Annotated[Source, Columned] | None = None
    submitted: Annotated[DateSource, Columned] | None = None
    consent: Consent | None = None
    embargo: Annotated[DateSource, Columned] | None = None
    translation_of: Texts = ()
    attributes: Texts = ()
    question: Filled | None = None
    text: Filled | None = None

    @field_validator("respondent", "id", "question", "text")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        return None if value is None else _named(value)

    @field_validator("translation_of", "attributes")
    @classmethod
    def _name_all(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return unique(tuple(_named(value) for value in values), "column")

    def named(self) -> dict[str, str]:
        """Return the column named at each place of the description."""
        places: dict[str, str] = {}
        for role in ("respondent", "id", "question", "text"):
            if (name := getattr(self, role)) is not None:
                places[f"columns.{role}"] = name
        for role in ("country", "language", "wave", "submitted", "consent", "embargo"):
            source = getattr(self, role)
            if source is not None and source.column is not None:
                places[f"columns.{role}"] = source.column
        for role in ("translation_of", "attributes"):
            places |= {f"columns.{role}[{at}]": name for at, name in enumerate(getattr(self, role), 1)}
        return places


class Question(Part):
    """A question: its exact wording, the rights area it asks about, and where its answers stand.

    Attributes:
        column: in a wide table, the column of its answers.
        value: in a long table, what the question column holds for it; its id unless given.
    """

    id: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    wording: Filled
    area: Area | None = None
    column: Filled | None = None
    value: Filled | None = None

    _wording = field_validator("wording")(filled)

    @field_validator("column")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        return None if value is None else _named(value)
