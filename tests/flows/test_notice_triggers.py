"""What a run gives people to do is found in its counts; a notice of it holds no word of an answer, a column or an error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest

from flows.logs import Failure
from flows.notice_causes import KINDS, Cause, Notice
from flows.notice_settings import Limits
from flows.notice_triggers import before_a_run, failure_causes, run_causes, unusable
from flows.report import StageCount
from models.topic_spec import topic_spec
from models.topics import Drift
from store import Paths, Writer
from store.work import CodingCounts
from taxonomy import load_codebook
from taxonomy.errors import StageError, StoreError, SurveyError
from tests.flows.fake_topics import FakeTopics
from tests.flows.workbench import VERSIONS, carry, write_survey

CANARY = "Answercanary"
OUTDATED = Drift(fitted=3, remaining=1, known=3, placed=400, poor=300, outside=300, outliers_at_fit=0.0)


@dataclass
class Books:
    """What a writer would say of one survey."""

    formerly: str = VERSIONS.codebook
    refused: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    reviews: Mapping[bool, tuple[int, int, int]] = field(default_factory=dict)
    spec: str = field(default_factory=lambda: topic_spec().stamp)
    drifted: Drift | None = None
    stale: int = 0

    def runs(self) -> pa.Table:
        before = [("run-0", "nothing new", "0"), ("run-1", "done", self.formerly), ("run-2", "running", VERSIONS.codebook)]
        rows = [{"run": run, "status": status, "versions": json.dumps({"codebook": stamp})} for run, status, stamp in reversed(before)]
        return pa.Table.from_pylist(rows)

    def refused_rows(self, survey: str) -> pa.Table:
        return _table(("kind", "rows"), list(self.refused.items()))

    def languages_by_arrival(self, survey: str, run: str) -> pa.Table:
        return _table(("language", "now", "before"), [(language, *counts) for language, counts in self.languages.items()])

    def reviews_by_arrival(self, survey: str, run: str) -> pa.Table:
        return _table(("came", "passages", "codes", "waiting"), [(came, *counts) for came, counts in self.reviews.items()])

    def topic_model(self, survey: str) -> SimpleNamespace:
        return SimpleNamespace(encoder=VERSIONS.encoder, spec=self.spec, fitted=3)

    def drift(self, survey: str) -> Drift | None:
        return self.drifted

    def coding_counts(self, coder: str, codebook: str) -> dict[str, CodingCounts]:
        return {"a-survey": CodingCounts(9, 0, 0, 0), "b-survey": CodingCounts(9, 0, 0, self.stale)}


def _table(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows])


def found(books: Books) -> tuple[Cause, ...]:
    workshop: Any = SimpleNamespace(writer=books, run="run-2", versions=VERSIONS, log=SimpleNamespace(failures=()))
    counts = [StageCount("a-survey", stage, 100, 1, 0, 0, 0.1) for stage in ("ingest", "mask", "code", "topics")]
    return run_causes(workshop, counts, Limits())


def test_a_quiet_run_gives_nothing_to_do() -> None:
    assert found(Books()) == ()


@pytest.mark.parametrize(("refused", "share"), [({"cells": 5}, None), ({"cells": 4, "country_unknown": 2}, 6), ({"cells": 300}, 100)])
def test_rejects_above_the_share_are_told_by_kind(refused: dict[str, int], share: int | None) -> None:
    causes = found(Books(refused=refused))
    assert [cause.share for cause in causes] == [share] * (share is not None)
    if share == 6:
        assert causes[0].sentence == (
            "6 % of the rows of a-survey cannot be used (limit 5 %): the row has more or fewer cells than the header; "
            "the country is not known. Type: suasion rejects a-survey"
        )


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ({"en": (30, 100), "es": (70, 0)}, True),
        ({"en": (80, 100), "es": (20, 0)}, False),  # exactly at the limit
        ({"en": (3, 100), "es": (7, 0)}, False),  # too few came
        ({"en": (30, 3), "es": (70, 0)}, False),  # too few were there
        ({}, False),
    ],
)
def test_other_languages_are_told_from_a_distance_and_a_number_on(languages: dict[str, tuple[int, int]], told: bool) -> None:
    causes = found(Books(languages=languages))
    assert [cause.kind for cause in causes] == ["languages"] * told
    if told:
        assert "es about 70 %, before under 5 %" in causes[0].sentence


@pytest.mark.parametrize(("waiting", "came", "told"), [(44, 50, True), (44, 49, False), (30, 50, False), (10, 50, False)])
def test_more_reviews_are_told(waiting: int, came: int, told: bool) -> None:
    causes = found(Books(reviews={False: (50, 100, 20), True: (came, 100, waiting)}))
    assert [cause.kind for cause in causes] == ["abstention"] * told
    if told:
        assert "about 40 % of the codes of what came wait for review, of what came before about 20 %" in causes[0].sentence


def test_topics_that_may_be_outdated_are_told_by_the_kinds_of_reasons() -> None:
    (cause,) = found(Books(spec="topics-0+12345678", drifted=OUTDATED))
    assert (cause.kind, len(cause.about), cause.command) == ("topics", 4, "suasion topics refit a-survey")
    (later,) = found(Books(drifted=OUTDATED))
    assert later.key != cause.key


def test_another_codebook_and_what_was_left_behind_are_told() -> None:
    changed, stale = found(Books(formerly="0.9.0+11111111", stale=3))
    assert (changed.kind, stale.kind, stale.survey) == ("codebook_changed", "codebook_stale", "b-survey")
    assert "0.9.0+11111111 before, 1.0.0+00000000 now" in changed.sentence
    assert stale.command == "suasion run b-survey"
    (again,) = found(Books(stale=3))
    assert again.key == stale.key, "it is told once for these versions"


def test_folders_with_faults_are_told_and_mistyped_names_are_not(tmp_path: Path) -> None:
    for name in ("bad-survey", "Namecanary One"):
        (tmp_path / "raw" / name).mkdir(parents=True)
    errors = [SurveyError("bad-survey/survey.toml", [CANARY]), SurveyError("Namecanary One", ["x"]), SurveyError("typo", ["x"])]
    causes = unusable(Paths(tmp_path), [*errors, StoreError("x")])
    assert [cause.survey for cause in causes] == ["bad-survey", ""]
    assert "canary" not in Notice("", causes).text


def test_a_run_that_never_began_is_told_by_the_kind_of_error() -> None:
    cause = before_a_run(StageError(f"Prefect's server {CANARY}"))
    assert cause.sentence == "The run failed (StageError). What was published before is still shown. Type: suasion run"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path / "data")
    made.prepare()
    (made.root / "notices.toml").write_text('[webhook]\naddress = "https://example.org/x"', "utf-8")
    (made.root / "notices.toml").chmod(0o600)
    return made


def rows(many: int, country: str = "Brazil") -> list[tuple[str, str, str]]:
    return [(f"r-{country}-{number}", country, f"{CANARY} {number}.") for number in range(many)]


@pytest.mark.disk
def test_the_store_tells_what_came_with_a_run(paths: Paths) -> None:
    write_survey(paths, rows(3))
    carry(paths)
    write_survey(paths, rows(5))
    run = carry(paths).run
    with Writer(paths, "a test") as writer:
        assert writer.languages_by_arrival("a-survey", run).to_pylist() == [{"language": "en", "now": 2, "before": 3}]
        came = [(row["came"], row["passages"], row["codes"]) for row in writer.reviews_by_arrival("a-survey", run).to_pylist()]
    assert came == [(False, 3, 9), (True, 2, 6)]


@pytest.mark.disk
def test_what_goes_wrong_in_looking_for_causes_breaks_nothing(paths: Paths) -> None:
    write_survey(paths, rows(3))
    with patch.object(Writer, "refused_rows", side_effect=ValueError(CANARY)):
        report = carry(paths)
    assert (report.causes, report.failures) == ((), ())


@pytest.mark.disk
def test_no_word_of_an_answer_is_in_any_notice(paths: Paths) -> None:
    """Of a run with refused rows, a survey that fails and topics that fail, from answers, countries and errors that all hold a word."""
    write_survey(paths, [*rows(9), *rows(2, "Countrycanary")])
    (write_survey(paths, rows(3), name="bad") / "answers.csv").write_text(f"who,land,{CANARY}\n", "utf-8")
    in_force = replace(VERSIONS, codebook=load_codebook().stamp)
    with patch("tests.flows.workbench.VERSIONS", in_force):
        report = carry(paths, ["a-survey", "bad"], topics=FakeTopics(fails=StoreError(CANARY)))
    failed = [(cause.survey, cause.stage, cause.error) for cause in report.causes if cause.kind == "partly_failed"]
    assert failed == [("a-survey", "topics", "StoreError"), ("bad", "ingest", "RawFileError")]
    assert {cause.kind for cause in report.causes} == {"partly_failed", "rejects"}
    books = Books("0.9.0+11111111", {}, {"en": (30, 100), "es": (70, 0)}, {False: (50, 100, 20), True: (50, 100, 50)}, "x", OUTDATED, 3)
    causes = (*report.causes, *found(books), *failure_causes("failed", "run-3", [Failure("", "publish", "StoreError")]))
    assert {cause.kind for cause in causes} == set(KINDS)
    notice = Notice("run-3", causes)
    assert "canary" not in (notice.subject + notice.text + json.dumps(notice.payload())).casefold()
