"""A survey's description: what ``survey.toml`` says, checked whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from flows.consistency import inconsistencies
from flows.disclosure import Disclosure
from flows.faults import described, unique
from flows.mapping import Columns, Filled, Part, Question, Texts, filled, inside
from flows.masking import Masks, figures_faults
from flows.raw import Reading
from taxonomy.errors import SurveyError
from taxonomy.languages import to_iso639_1

DESCRIPTION = "survey.toml"
_FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class Survey(Part):
    """A survey as described. ``id`` is the name of its folder, all else is what ``survey.toml`` says."""

    id: str
    title: Filled
    source: Filled
    licence: Filled
    protection: Literal["public", "protected", "invented"]
    text_kind: Literal["verbatim", "paraphrase", "transcribed", "invented"]
    languages: Texts = Field(min_length=1)
    files: Texts = Field(min_length=1)
    layout: Literal["wide", "long"]
    unanswered: Texts = ()
    reading: Reading = Reading()
    masking: Masks = Masks()
    disclosure: Disclosure = Disclosure()
    columns: Columns
    questions: tuple[Question, ...] = Field(min_length=1)

    _texts = field_validator("title", "source", "licence")(filled)

    @field_validator("languages")
    @classmethod
    def _codes(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        codes = {value: to_iso639_1(value) for value in values}
        unknown = [value for value, code in codes.items() if code is None]
        if unknown:
            raise ValueError(f'not a language: {", ".join(unknown)}; give ISO 639-1 codes, as in ["en", "es"]')
        return unique(tuple(code for code in codes.values() if code), "language")

    @field_validator("files")
    @classmethod
    def _inside(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(inside(value) for value in values)

    @property
    def has_respondents(self) -> bool:
        """Whether respondents can be counted; else texts are."""
        return self.columns.respondent is not None


def find_surveys(raw: Path) -> tuple[Path, ...]:
    """Return the folders under ``raw`` that hold a ``survey.toml``, by name."""
    return tuple(sorted(path.parent for path in raw.glob(f"*/{DESCRIPTION}"))) if raw.is_dir() else ()


def load_survey(folder: Path) -> Survey:
    """Return the survey a folder describes.

    Raises:
        SurveyError: lists every fault of the description with its place.
    """
    path = folder / DESCRIPTION
    where = f"{folder.name}/{DESCRIPTION}"
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        raise SurveyError(where, ["the file is missing; docs/surveys.md has one to copy"]) from None
    except OSError as error:
        raise SurveyError(where, [f"the file cannot be opened: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SurveyError(where, [f"line {line}: not UTF-8; save the file as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SurveyError(where, [_syntax(str(error))]) from None

    faults: list[str] = []
    name = folder.resolve().name
    if not _FOLDER.match(name):
        faults.append(f'folder: "{name}" is not a survey\'s name; use a-z, 0-9 and single dashes')
    if "id" in content:
        faults.append("id: unknown key; a survey's id is the name of its folder")
        del content["id"]
    survey = None
    try:
        survey = Survey.model_validate({**content, "id": name})
    except ValidationError as error:
        faults += described(error, Survey, content)
    faults += inconsistencies(content)
    if survey is not None and not faults:
        faults += [*_files_faults(survey, folder), *figures_faults(survey, folder)]
    if faults or survey is None:
        raise SurveyError(where, list(dict.fromkeys(faults)))
    return survey


def survey_files(survey: Survey, folder: Path) -> tuple[Path, ...]:
    """Return the survey's files in the order of their mention, those of a pattern by name.

    Raises:
        SurveyError: a name or pattern matches nothing, or a file lies outside the folder.
    """
    faults = _files_faults(survey, folder)
    if faults:
        raise SurveyError(f"{folder.name}/{DESCRIPTION}", faults)
    return tuple(dict.fromkeys(path for pattern in survey.files for path in _matches(survey, folder, pattern)))


def _matches(survey: Survey, folder: Path, pattern: str) -> list[Path]:
    if (folder / pattern).is_file():
        return [folder / pattern]
    own = survey.masking.public_figures
    aside = folder / own if own else None
    found = (path for path in folder.glob(pattern) if path.name != DESCRIPTION and path != aside)
    return sorted(path for path in found if path.is_file() and not path.name.startswith((".", "~$")))


def _files_faults(survey: Survey, folder: Path) -> list[str]:
    faults = []
    home = folder.resolve()
    for at, pattern in enumerate(survey.files, 1):
        try:
            matches = _matches(survey, folder, pattern)
        except (ValueError, NotImplementedError, OSError):
            faults.append(f'files[{at}]: "{pattern}" is not a pattern')
            continue
        if not matches:
            faults.append(f'files[{at}]: no file of the folder is called or matches "{pattern}"')
        faults += [
            f"files[{at}]: {path.name} is a link to a file outside the survey's folder; copy the file into it"
            for path in matches
            if not path.resolve().is_relative_to(home)
        ]
    return faults


def _syntax(message: str) -> str:
    place = _PLACE.search(message)
    what = _PLACE.sub("", message).strip().rstrip(":")
    if place is None or place.group(1) is None:
        return f"end of the file: {what}"
    return f"line {place.group(1)}, column {place.group(2)}: {what}"
