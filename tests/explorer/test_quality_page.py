from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from store import Paths
from taxonomy import load_codebook
from tests.explorer.conftest import part
from tests.explorer.measured import HOSTILE, kept

pytestmark = pytest.mark.server

Opens = Callable[..., Any]


@pytest.fixture
def measured(tmp_path: Any) -> Paths:
    paths = Paths(tmp_path / "measured")
    kept(paths, name="First", made="2026-11-22T10:00:00+00:00")
    kept(paths, name="Second", made="2026-11-23T10:00:00+00:00")
    return paths


def pick(app: Any, chart: int, selection: str, **point: str) -> None:
    """Pick something in one of the page's charts."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = app._tree.get_widget_states()
    id = app.get("vega_lite_chart")[chart].proto.id
    states.widgets.append(WidgetState(id=id, string_value=json.dumps({"selection": {selection: [point]}})))
    app._run(states)
    assert not app.exception


def said(app: Any) -> str:
    return "\n".join(str(text.value) for text in app.text)


def test_without_a_report_the_figures_of_the_training_are_shown(tmp_path: Any, open_app: Opens) -> None:
    app = open_app(Paths(tmp_path / "empty"), "quality")
    banner = part(app, "banner")
    assert banner["headline"] == "Measured at training, by cross-validation"
    assert "suasion evaluate GOLD.jsonl" in banner["notes"][0]
    assert "Not all is out of fold" in said(app)
    assert "does not keep which codes were taken for which" in said(app)


def test_without_any_figures_the_page_says_how_to_make_some(tmp_path: Any, open_app: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.quality.load_shipped", lambda: None)
    app = open_app(Paths(tmp_path / "empty"), "quality")
    assert [title.value for title in app.title] == ["The coder has not been measured here"]
    assert [code.value for code in app.code] == ["suasion evaluate GOLD.jsonl"]


def test_the_newest_report_is_shown_with_its_caveat_and_what_was_left_out(measured: Paths, open_app: Opens) -> None:
    app = open_app(measured, "quality")
    banner = part(app, "banner")
    assert (banner["headline"], banner["tally"]) == ("Second", "43 passages, coded anew by the coder that ships")
    assert "not the truth of experts" in banner["caveat"]
    assert [(metric.label, metric.value) for metric in app.metric][:2] == [("Passages measured", "43"), ("Left out: learned from", "1")]
    assert "Coder fake-1 · codebook 1." in said(app)
    assert [heading.value for heading in app.subheader] == [
        "Facets", "Relevance", "Codes", "Confidence", "What is taken for what", "Languages, sources and regions",
    ]  # fmt: skip
    assert "Coder and reference agree on every passage." in said(app)
    assert "Too few passages to be judged: Korean (3)." in said(app)


def test_another_report_can_be_chosen(measured: Paths, open_app: Opens) -> None:
    app = open_app(measured, "quality")
    app.selectbox(key="report").set_value("20261122T100000-first").run()
    assert part(app, "banner")["headline"] == "First"
    assert app.query_params["report"] in ("20261122T100000-first", ["20261122T100000-first"])


def test_a_picked_row_opens_its_facet_and_a_picked_cell_its_passages(measured: Paths, open_app: Opens) -> None:
    app = open_app(measured, "quality")
    pick(app, 0, "facet", facet="mode")
    assert app.subheader[1].value == load_codebook().facet("mode").label("en")
    assert "40 passages: accuracy 0.80" in said(app)
    pick(app, 3, "cell", reference="active", predicted="passive")
    assert "8 passages" in said(app)
    behind = next(table.value for table in app.dataframe if "Passage" in table.value.columns)
    assert set(behind["Id"]) == {f"en-{number}" for number in range(0, 40, 5)}


def test_passages_are_for_the_internal_view_and_never_markup(measured: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app(measured, "quality")
    pick(app, 0, "facet", facet="mode")
    pick(app, 3, "cell", reference="active", predicted="passive")
    shown = [str(element.value) for kind in ("markdown", "title", "subheader", "caption", "text") for element in app.get(kind)]
    assert not any("example.org" in text for text in shown)
    assert any(HOSTILE in str(table.value.to_dict()) for table in app.dataframe)

    monkeypatch.setenv("SUASION_ROLE", "author")
    app = open_app(measured, "quality")
    pick(app, 0, "facet", facet="mode")
    pick(app, 3, "cell", reference="active", predicted="passive")
    assert "shown in the internal view alone" in said(app)
    assert "figures of fewer than 5 passages are left out" in said(app)
    assert not any(HOSTILE in str(table.value.to_dict()) for table in app.dataframe)


@pytest.mark.parametrize("role", ["researcher", "author"])
def test_a_damaged_report_is_told_by_its_id_and_the_others_are_shown(
    role: str, measured: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUASION_ROLE", role)
    damaged = "20261123T100000-second"
    (measured.quality / damaged / "figures.json").write_text("{", "utf-8")
    app = open_app(measured, "quality")
    banner = part(app, "banner")
    assert banner["headline"] == "First"
    told = f"Report {damaged}: missing, damaged or of another release; delete its folder and evaluate again."
    assert banner["notes"] == [told]
    shutil.rmtree(measured.quality / "20261122T100000-first")
    app = open_app(measured, "quality")
    notes = part(app, "banner")["notes"]
    assert notes[1:] == [told]
    assert str(measured.root) not in said(app) + str(notes)


def test_hostile_names_show_as_text(tmp_path: Any, open_app: Opens) -> None:
    paths = Paths(tmp_path / "hostile")
    kept(paths, name=HOSTILE, reference=HOSTILE)
    app = open_app(paths, "quality")
    assert part(app, "banner")["headline"] == HOSTILE
    shown = [str(element.value) for kind in ("markdown", "title", "subheader", "caption") for element in app.get(kind)]
    assert not any("example.org" in text for text in shown)
