"""One row of a file to drafts of answers, or to the reason why it cannot be used."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flows.cleaning import clean_name, clean_text
from flows.columns import Layout
from flows.dates import iso_date
from flows.description import Survey
from flows.duplicates import Circumstances, Draft
from flows.mapping import Coded, DateSource, Question, Source
from flows.qualtrics import is_preview
from flows.raw import Record
from models.identity import identifier

_ATTRIBUTE_LENGTH = 200
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NAMELIKE = re.compile(r"[^\W\d_][^\d_@/\\:;!?\n]{0,39}\Z")


@dataclass(frozen=True)
class Refused:
    """A row, or its answer to one question, that cannot be used."""

    row: int
    column: str | None
    reason: str


class _Refusal(Exception):
    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class RowReader:
    """Reads the rows of a survey's files.

    Attributes:
        noticed: how often something happened to text that a person may want to know of.
    """

    def __init__(self, survey: Survey, key: bytes) -> None:
        self.survey = survey
        self.noticed: Counter[str] = Counter()
        self._key = key
        self._unanswered = frozenset(value.strip() for value in survey.unanswered)
        columns = survey.columns
        self._country = cache(columns.country.code) if columns.country else None
        self._language = cache(columns.language.code) if columns.language else None

    def read(self, file: str, row: int, cells: Record, layout: Layout) -> Iterator[Draft | Refused]:
        """Yield a row's answers, or why it cannot be used."""
        try:
            if layout.status is not None and is_preview(cells[layout.status]):
                raise _Refusal("Status", "a preview or test of the survey, not an answer")
            circumstances = self._circumstances(file, row, cells, layout)
            answered = list(self._answered(cells, layout))
        except _Refusal as refusal:
            yield Refused(row, refusal.column, refusal.reason)
            return
        for question, column, text in answered:
            yield Draft(
                of=circumstances,
                question=question.id,
                area=question.area,
                column=column,
                text=text,
                translation_group=self._group(question, cells, layout),
            )

    def _answered(self, cells: Record, layout: Layout) -> Iterator[tuple[Question, str | None, str]]:
        """Yield (question, column, text) for each question that was shown."""
        columns = self.survey.columns
        if self.survey.layout == "wide":
            found = [(question, question.column, at) for question, at in layout.questions]
        else:
            found = [(self._question(cells, layout), columns.text, layout.places["columns.text"])]
        for question, column, at in found:
            text, hidden = clean_text(cells[at])
            self.noticed["answers from which invisible control characters were removed"] += bool(hidden)
            if text in self._unanswered:
                text = ""
            elif not text and self._unanswered:
                continue  # the export has a value for "shown, not answered": a blank cell was not shown
            yield question, column, text

    def _question(self, cells: Record, layout: Layout) -> Question:
        column = self.survey.columns.question
        if column is None:
            return self.survey.questions[0]
        name = clean_name(cells[layout.places["columns.question"]])
        question = layout.by_value.get(name)
        if question is None:
            raise _Refusal(column, _unknown("question", name, "describe it in survey.toml under [[questions]]"))
        return question

    def _circumstances(self, file: str, row: int, cells: Record, layout: Layout) -> Circumstances:
        columns = self.survey.columns
        if columns.consent is not None and not columns.consent.given(clean_name(cells[layout.places["columns.consent"]])):
            raise _Refusal(columns.consent.column, "no consent")
        embargo = self._value("embargo", columns.embargo, cells, layout)
        if embargo and columns.embargo:
            until = iso_date(embargo, columns.embargo.format)
            if until is None:
                raise _Refusal(columns.embargo.column, "the embargo is not a date that can be read; give columns.embargo a format")
            embargo = until
        submitted = self._value("submitted", columns.submitted, cells, layout)
        return Circumstances(
            file=file,
            row=row,
            country=self._country_code(cells, layout),
            language=self._language_code(cells, layout),
            wave=self._value("wave", columns.wave, cells, layout) or None,
            submitted=self._submitted(submitted, columns.submitted),
            embargo=embargo or None,
            respondent=self._respondent(cells, layout),
            row_id=clean_text(cells[layout.places["columns.id"]])[0] or None if columns.id else None,
            attributes=self._attributes(cells, layout),
        )

    def _value(self, role: str, source: Source | None, cells: Record, layout: Layout) -> str:
        if source is None:
            return ""
        return source.value if source.value is not None else clean_name(cells[layout.places[f"columns.{role}"]])

    def _country_code(self, cells: Record, layout: Layout) -> str | None:
        source = self.survey.columns.country
        if source is None or self._country is None:
            return None
        name = self._value("country", source, cells, layout)
        code = self._country(name) if name else None
        if code is None and not (source.may_be_blank and not name):
            _refuse_code("country", source, name, "country may be blank: add may_be_blank = true to columns.country")
        return code

    def _language_code(self, cells: Record, layout: Layout) -> str | None:
        source = self.survey.columns.language
        if source is None or self._language is None:
            return None
        name = self._value("language", source, cells, layout)
        if not name:
            return None
        code = self._language(name)
        if code is None:
            _refuse_code("language", source, name, "")
        elif code not in self.survey.languages:
            raise _Refusal(source.column, f'language "{code}" is not among the survey\'s languages; add it to languages in survey.toml')
        return code

    def _submitted(self, written: str, source: DateSource | None) -> str | None:
        if not written or source is None:
            return None
        found = iso_date(written, source.format)
        if found is None:
            self.noticed["times of submission that cannot be read, left out (columns.submitted may have a format)"] += 1
        return found

    def _respondent(self, cells: Record, layout: Layout) -> str | None:
        """Return the keyed hash that stands for a respondent within this survey; a survey's hashes tell nothing of another's."""
        if self.survey.columns.respondent is None:
            return None
        name = clean_text(cells[layout.places["columns.respondent"]])[0]
        if not name:
            self.noticed["rows whose respondent is blank, counted as texts"] += 1
            return None
        message = f"{self.survey.id}\0{name}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:32]

    def _attributes(self, cells: Record, layout: Layout) -> str:
        kept = {}
        for name, at in layout.attributes:
            value = clean_name(cells[at])
            if not value:
                continue
            # A filter's values are shown unmasked, so free text and addresses have no place in it.
            if len(value) > _ATTRIBUTE_LENGTH or _MAIL.search(value):
                self.noticed[f'values of the attribute "{name}" left out, as free text or with an e-mail address'] += 1
                continue
            kept[name] = value
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    def _group(self, question: Question, cells: Record, layout: Layout) -> str | None:
        values = [clean_name(cells[at]) for at in layout.translation_of]
        return identifier("translation", self.survey.id, question.id, *values) if values and all(values) else None


def _refuse_code(role: str, source: Coded, name: str, blank: str) -> None:
    if not name:
        raise _Refusal(source.column, f"{role} is blank; if the {blank}")
    raise _Refusal(source.column, _unknown(role, name, f"say what it stands for in columns.{role}.values"))


def _unknown(role: str, name: str, remedy: str) -> str:
    """Name the value only where it looks like a name: a shifted row may hold an answer in its place."""
    if _NAMELIKE.match(name) and len(name.split()) <= 6:
        return f'unknown {role} "{name}"; {remedy}'
    return f"unknown {role} (not shown: it does not look like a name); {remedy}"
