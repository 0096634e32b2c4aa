from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.names import Names
from store import Paths, Writer
from store.filters import RUN
from tests.explorer.conftest import act, part
from tests.explorer.recorded import FIRST, SECRET, build_recorded
from tests.synthetic import REPORTS, VERSIONS, process

pytestmark = pytest.mark.server

Opens = Callable[..., Any]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A store in which three runs were recorded."""
    return build_recorded(tmp_path_factory.mktemp("recorded") / "data")


def said(app: Any) -> str:
    return "\n".join(str(text.value) for text in app.text)


def test_the_latest_run_is_shown_with_what_it_made_and_refused(recorded: Paths, open_app: Opens) -> None:
    app = open_app(recorded, "runs")
    banner = part(app, "banner")
    assert "1 answers taken in" in banner["tally"]
    assert banner["notes"][0].startswith("Not finished in the run of")
    assert [row["tags"] for row in part(app, "topics")["rows"]] == [["made this snapshot"], ["done"]]
    tables = [table.value for table in app.dataframe]
    assert [list(table.columns)[:2] for table in tables] == [
        ["Stage", "Came"], ["What", "Before"], ["Survey", "Stage"], ["Survey", "Stage"], ["Way", "Became of it"],
    ]  # fmt: skip
    assert list(tables[0]["In a second"]) == [8.0]
    assert tables[1].iloc[0].tolist() == ["Rows read", 2, 4, 2]
    assert list(tables[2]["Why"]) == ["The country is not known"]
    assert tables[3].iloc[0].tolist()[1:] == ["Code", "ValueError", "coder.py:12 code"]
    assert list(tables[4]["Causes"]) == ["a run partly failed"]
    report = app.code[-1].value
    assert "a run partly failed" in report
    assert "The country is not known" in report
    assert ("run-report", "Markdown") in [(button.key, button.label) for button in app.get("download_button")]
    assert next(code.value for code in app.code) == "suasion rejects reports"
    assert SECRET not in str(app)
    app.toggle(key="idle").set_value(True).run()
    assert [row["tags"] for row in part(app, "topics")["rows"]] == [["made this snapshot"], ["nothing new"], ["done"]]


def test_an_earlier_run_leads_to_the_passages_that_came_with_it(recorded: Paths, open_app: Opens, names: Names) -> None:
    app = open_app(recorded, "runs")
    first = part(app, "topics")["rows"][-1]["id"]
    act(app, "topics", "open", first)
    assert app.query_params["record"] in (first, [first])
    assert "What could not be used" not in [heading.value for heading in app.subheader]
    assert app.button(key="read").label == "Read the 3 passages that came with it"
    app.button(key="read").click().run()
    app.switch_page("screens/quotes.py").run()
    assert len(part(app, "quotes")["quotes"]) == 3
    (chip,) = (chip for chip in part(app, "banner")["chips"] if chip["facet"] == "Run")
    assert chip["label"] == names.code(RUN, first)
    assert not any(facet["id"] == RUN for section in part(app, "panel")["sections"] for facet in section["facets"])


def test_who_filters_for_one_run_finds_its_report(recorded: Paths, open_app: Opens) -> None:
    app = open_app(recorded, "runs")
    first = part(app, "topics")["rows"][-1]["id"]
    app.query_params[RUN] = first
    app.run()
    assert app.button(key="read").label == "Read the 3 passages that came with it"
    assert "No run before worked on the same surveys." in said(app)


def test_a_link_to_a_run_that_is_not_known_shows_the_latest(recorded: Paths, open_app: Opens) -> None:
    app = open_app(recorded, "runs")
    app.query_params["record"] = "nowhere"
    app.run()
    assert not app.exception
    assert part(app, "banner")["headline"] == "What the runs did"


def test_a_store_without_any_work_says_so(tmp_path: Path, open_app: Opens) -> None:
    paths = Paths(tmp_path / "data")
    with Writer(paths, "tests") as writer:
        process(writer, REPORTS, FIRST, run := writer.begin_run([], VERSIONS))
        writer.publish("internal", run)
    app = open_app(paths, "runs")
    assert part(app, "banner")["tally"].endswith("0 rows or passages not used")


def test_without_a_protected_survey_nobody_is_led_to_its_pages(recorded: Paths, open_app: Opens) -> None:
    app = open_app(recorded, "home")
    led = {link.proto.page for link in app.get("page_link")}
    assert "runs" in led
    assert not {"numbers", "release"} & led
    app.switch_page("screens/release.py").run()
    assert [title.value for title in app.title] == ["No protected survey is in this snapshot"]
    assert "suasion_panel" not in {element.proto.component_name for element in app.get("bidi_component")}
