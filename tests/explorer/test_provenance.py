from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from explorer.access import ROLES, Grant
from explorer.filters import View
from explorer.library import Library
from explorer.provenance import Provenance, provenance
from explorer.session import Visit
from store import Filters
from tests.synthetic import CODER, MASKER

ASKED = datetime(2026, 11, 22, tzinfo=UTC)
REPORTS = Filters(surveys=("reports",))


@pytest.fixture
def found(library: Library) -> Provenance:
    return provenance(Visit(library, View(), Grant(ROLES["researcher"])), REPORTS, "http://127.0.0.1/quotes?survey=reports", ASKED)


def test_a_figure_leads_back_to_passages_snapshot_versions_and_runs(library: Library, found: Provenance) -> None:
    assert found.selection == library.surveys["reports"].title
    assert found.passages == library.counts(REPORTS).passages
    assert (found.snapshot, found.run) == (library.snapshot.id, library.snapshot.run)
    assert found.versions["coder"] == (CODER,)
    assert found.versions["masker"] == (MASKER,)
    assert found.arrivals == {library.snapshot.run: found.passages}
    assert found.settled_only


def test_it_can_be_read_and_kept_by_programs(found: Provenance) -> None:
    lines = dict(line.split(": ", 1) for line in found.to_text().splitlines())
    assert lines["Coder"] == CODER
    assert lines["Link"] == "http://127.0.0.1/quotes?survey=reports"
    assert lines["Counted"] == "settled codes alone"
    assert lines["Answers came with run"] == f"{found.run} ({found.passages} passages)"
    assert json.loads(found.to_json())["asked"] == "2026-11-22T00:00:00+00:00"


def test_a_count_of_few_people_is_withheld_here_too(library: Library) -> None:
    visit = Visit(library, View(), Grant(ROLES["researcher"]))
    few = provenance(visit, Filters(surveys=("experts",)), "", ASKED)
    assert few.passages is None
    assert list(few.arrivals.values()) == [None]
    assert "Passages: withheld" in few.to_text()
    assert json.loads(few.to_json())["passages"] is None


def test_quotes_that_are_shown_and_not_counted_are_told(found: Provenance) -> None:
    assert "not counted" not in found.to_text()
    told = replace(found, passages=0, uncounted=True).to_text()
    assert "Passages: 0, and released quotes of protected surveys, which are not counted" in told
