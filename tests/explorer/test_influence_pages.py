from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import Decisions, Paths, Writer
from taxonomy import load_codebook
from tests.explorer.conftest import act, part
from tests.synthetic import CODEBOOK, CODER, REPORTS, VERSIONS, Response, Sentence, answer_id, build_store, process

pytestmark = pytest.mark.server

Opens = Callable[..., Any]


def label(facet: str, code: str) -> str:
    return load_codebook().facet(facet).code(code).label("en")


BANK, LOBBYING, COMPANY = label("actor", "bank"), label("mechanism", "lobbying"), label("actor", "corporation")


def link(app: Any) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in app.query_params.items()}


def said(app: Any) -> str:
    return "\n".join(text.value for text in app.text)


def headings(app: Any) -> list[str]:
    return [heading.value.replace("\\", "") for heading in app.subheader]


def quotes(app: Any) -> set[str]:
    return {"".join(piece["text"] for piece in quote["segments"]) for quote in part(app, "quotes")["quotes"]}


def chart(app: Any, name: str) -> Any:
    return next(element.proto for element in app.get("vega_lite_chart") if f"-{name}-" in element.proto.id)


def pick(app: Any, name: str, selection: str, **point: object) -> None:
    """Pick a point of a chart."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=chart(app, name).id, string_value=json.dumps({"selection": {selection: [point]}})))
    app._run(states)
    assert not app.exception


def published(root: Path, responses: list[Response]) -> Paths:
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([REPORTS.survey], VERSIONS)
        process(writer, REPORTS, responses, run)
        writer.publish("internal", run)
        writer.finish_run(run, "done")
    return paths


@pytest.mark.usefixtures("few_are_counted")
def test_the_map_shows_bands_a_matrix_and_what_is_settled(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", actor=["corporation"])
    assert link(app) == {"actor": ["corporation"]}
    assert headings(app) == ["Actor → Mechanism → Right", "Who acts, and by which means", "Coverage"]
    banner = part(app, "banner")
    assert "no random sample" in banner["caveat"]
    assert any(note.startswith(f"15 of 15 passages show codes of an older version (codebook {CODEBOOK} by coder {CODER});")
               for note in banner["notes"])  # fmt: skip
    bands = app.dataframe[0].value
    assert set(bands.iloc[:, 0]) == {COMPANY}
    app.segmented_control(key="matrix").set_value("Countries and rights").run()
    assert headings(app)[1] == "Which rights the claims speak of, country by country"


@pytest.mark.usefixtures("few_are_counted")
def test_the_matrix_counts_claims_and_can_count_harms_alone(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", view=["all"])
    table = app.dataframe[1].value
    banks = table[(table.iloc[:, 0] == BANK) & (table.iloc[:, 1] == LOBBYING)]
    assert banks[["Claims", "Harms", "Improves"]].to_numpy().tolist() == [[2, 2, 0]]
    assert f"Claims, n = {int(table['Claims'].sum())}." in said(app)
    app.segmented_control(key="measure").set_value("harms").run()
    assert f"Claims (harms), n = {int(table['Harms'].sum())}." in said(app)
    pick(app, "actor-mechanism-harms", "cell", row="bank", column="lobbying")
    assert link(app) == {"actor": ["bank"], "mechanism": ["lobbying"], "effect": ["harms"]}
    assert quotes(app) == {"Foreign banks lobbied against the labour law."}


def test_few_respondents_of_a_protected_survey_are_a_mark_on_every_page(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", survey=["experts"])
    assert "bands are dashed lines: fewer than 5 respondents" in said(app)
    assert set(app.dataframe[0].value["Claims"]) == {"<5"}
    assert "how many is withheld" in said(app)
    app.switch_page("screens/country.py").run()
    assert set(app.dataframe[-1].value.iloc[:, 1]) == {"<5"}
    app = open_app(shelf, "actor", survey=["experts"], actor=["corporation"])
    assert "harms: <5" in str(part(app, "topics")["facts"])
    assert "<5" in str(part(app, "ways")["quotes"][0]["ways"][0]["read"])
    assert set(app.dataframe[0].value["Share"]) == {"<5"}


def test_coverage_and_what_waits_are_told(shelf: Paths, tmp_path: Path, open_app: Opens) -> None:
    app = open_app(shelf, "influence", survey=["reports"])
    table = app.dataframe[-1].value.set_index("Facet")
    assert table.loc[load_codebook().facet("effect").label("en"), ["Coverage", "Codes", "Settled", "For review"]].tolist() == [75, 4, 3, 1]
    doubtful = Sentence(
        "They bribed.",
        ("relevance:influence", "actor:bank?", "mechanism:corruption", "right:work", "effect:harms"),
        (("bank", "corruption", "work", "harms"),),
    )
    sure = Sentence("Mines closed.", tuple(code.replace("?", "") for code in doubtful.codes), doubtful.claims)
    doubt = published(tmp_path / "doubt", [Response("1", (doubtful,)), Response("2", (sure,))])
    assert "Claims, n = 1. 1 for review are not counted." in said(open_app(doubt, "influence", view=["all"]))
    assert "Claims, n = 2. 1 of them wait for review." in said(open_app(doubt, "influence", suggestions=["yes"]))


@pytest.mark.parametrize("page", ["influence", "improved"])
def test_a_page_of_nothing_says_what_to_do(page: str, shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, page, q=["xylophone"])
    assert headings(app) == ["No passage matches all of these filters"]


@pytest.mark.usefixtures("few_are_counted")
@pytest.mark.parametrize("facet", ["mode", "direction"])
def test_bands_can_be_told_apart_by_mode_and_direction(facet: str, shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", view=["all"])
    app.segmented_control(key="coloured").set_value(facet).run()
    found = load_codebook().facet(facet)
    table = app.dataframe[0].value
    assert list(table.columns)[3] == found.label("en")
    told = {code.label("en"): code.id for code in found.codes} | {f"{found.label('en')} waits for review": ""}
    assert set(table.iloc[:, 3]) <= set(told)
    row = next(row for row in table.itertuples(index=False) if told[row[3]])
    ids = [next(code.id for code in load_codebook().facet(of).codes if code.label("en") == name)
           for of, name in zip(("actor", "mechanism"), row, strict=False)]  # fmt: skip
    pick(app, f"influence-{facet}", "band", column=0, source=ids[0], target=ids[1], part=told[row[3]])
    assert link(app) == {"actor": [ids[0]], "mechanism": [ids[1]], facet: [told[row[3]]]}


def test_a_map_without_claims_says_so(shelf: Paths, open_app: Opens) -> None:
    assert "No claim links an actor, a means and a right" in said(open_app(shelf, "influence", relevance=["off_topic"]))


@pytest.mark.usefixtures("few_are_counted")
def test_a_band_opens_its_quotes(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", relevance=["influence"])
    pick(app, "influence", "band", column=0, source="bank", target="lobbying", part="harms")
    assert link(app) == {"relevance": ["influence"], "actor": ["bank"], "mechanism": ["lobbying"], "effect": ["harms"]}
    assert quotes(app) == {"Foreign banks lobbied against the labour law."}


def test_one_right_is_a_filter_like_others(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "influence", actor=["corporation"])
    app.selectbox(key="one-right").set_value("work").run()
    assert link(app) == {"actor": ["corporation"], "right": ["work"]}
    app.selectbox(key="one-right").set_value("").run()
    assert link(app) == {"actor": ["corporation"]}


def test_old_links_to_the_overview_lead_to_the_map(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "overview", country=["BRA"])
    assert part(app, "banner")["kicker"] == "Influence map"
    assert link(app) == {"country": ["BRA"]}


@pytest.mark.usefixtures("few_are_counted")
def test_a_country_is_chosen_on_the_map_in_the_list_or_by_name(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "country", survey=["reports"])
    assert headings(app) == ["Countries that the passages speak of"]
    pick(app, "passages-by-country", "country", alpha3="BRA")
    assert link(app) == {"survey": ["reports"], "country": ["BRA"]}
    asked = [heading for heading in headings(app) if heading.endswith(": Brazil")]
    assert asked[:3] == ["With what effect on rights: Brazil", "Who acts: Brazil", "By which means: Brazil"]
    app.multiselect(key="country-chosen").set_value(["BRA", "BGD"]).run()
    assert sorted(link(app)["country"]) == ["BGD", "BRA"]
    facts = dict(map(tuple, part(app, "topics")["facts"]))
    assert facts["Bangladesh"].startswith("1 passage; harms: 100 % (1 of 1 texts")
    assert "improves: none" in facts["Bangladesh"]
    assert app.multiselect(key="country-chosen").value == link(app)["country"]


@pytest.mark.usefixtures("few_are_counted")
def test_context_is_marked_as_such_and_stands_under_what_texts_tell(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "country", country=["BRA"])
    assert headings(app).index("Context: what HRMI measured") > headings(app).index("What is told most of Brazil")
    assert "Context, not proof" in said(app)
    assert "CC BY 4.0" in said(app)
    assert "HRMI's uncertainty bands" in said(app)
    assert not [heading for heading in headings(open_app(shelf, "actor", actor=["bank"])) if "HRMI" in heading]


@pytest.mark.usefixtures("few_are_counted")
def test_ways_lead_to_their_quotes_and_come_with_one(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "actor", actor=["bank"], survey=["reports"])
    (quote,) = [quote for quote in part(app, "ways")["quotes"] if "lobbied" in "".join(piece["text"] for piece in quote["segments"])]
    (way,) = quote["ways"]
    assert way["parts"] == [BANK, LOBBYING, label("right", "work")]
    assert way["read"] == "Told by 1 text: read"
    assert [piece["text"] for piece in quote["segments"] if piece["marked"]] == ["Foreign"]
    assert (quote["lang"], quote["kind"]) == ("en", "transcribed")
    act(app, "ways", "read", way["key"])
    assert link(app) == {"survey": ["reports"], "actor": ["bank"], "mechanism": ["lobbying"], "effect": ["harms"], "right": ["work"]}
    assert quotes(app) == {"Foreign banks lobbied against the labour law."}


def test_a_way_that_does_not_exist_leads_nowhere(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "actor", actor=["bank"])
    for sent in (None, "x", -1, 99, True, {"key": 0}):
        act(app, "ways", "read", sent)
        assert part(app, "banner")["kicker"] == "Actors"
    assert link(app) == {"actor": ["bank"]}


def test_more_than_four_are_not_put_side_by_side(shelf: Paths, open_app: Opens) -> None:
    actors = ["bank", "corporation", "investor", "lobby", "ifi"]
    app = open_app(shelf, "actor", actor=actors)
    assert any("first 4 of those chosen" in note for note in part(app, "banner")["notes"])
    assert len(app.multiselect(key="actor-chosen").value) == 4
    assert sorted(link(app)["actor"]) == sorted(actors), "the filters stay as the link has them"


@pytest.mark.usefixtures("few_are_counted")
def test_what_helped_is_told_of_all_that_was_told(tmp_path: Path, open_app: Opens) -> None:
    helped = Sentence(
        "A firm paid for a school.",
        ("relevance:influence", "actor:corporation", "mechanism:lobbying", "right:education", "effect:improves"),
        (("corporation", "lobbying", "education", "improves"),),
    )
    harmed = Sentence(
        "A firm shut a school.",
        ("relevance:influence", "actor:corporation", "mechanism:lobbying", "right:education", "effect:harms"),
        (("corporation", "lobbying", "education", "harms"),),
    )
    open_one = Sentence("A firm saw a school.", tuple(code.replace("improves", "improves?") for code in helped.codes), helped.claims)
    answers = [Response("1", (helped,)), Response("2", (harmed,)), Response("3", (harmed,)), Response("4", (open_one,))]
    app = open_app(published(tmp_path / "helped", answers), "improved", suggestions=["yes"])
    assert headings(app)[0] == "Where influence helped"
    first = app.dataframe[0].value.iloc[0]
    assert (first["Tell of an improvement"], first["Of"], first["Share"]) == (1, 3, "33 %")
    assert ["".join(piece["text"] for piece in quote["segments"]) for quote in part(app, "ways")["quotes"]] == [helped.text]
    app.button(key="read-improved").click().run()
    assert link(app) == {"effect": ["improves"]}
    assert quotes(app) == {helped.text}


@pytest.mark.usefixtures("few_are_counted")
def test_a_withdrawn_quote_leaves_the_pages_at_once(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "actor", actor=["bank"], survey=["reports"])
    before = json.dumps(part(app, "ways"))
    assert "lobbied" in before
    Decisions(own_shelf).record("withdrawal", answer_id("reports", "1"), "withdrawn", "tests")
    app.run()
    shown = [part(app, "ways")] if any(each.proto.component_name == "suasion_ways" for each in app.get("bidi_component")) else []
    assert "lobbied" not in json.dumps(shown)


@pytest.mark.parametrize("role", ["strategist", "public-reader"])
def test_outside_the_pages_open_and_nothing_leaves_that_may_not(
    role: str, tmp_path: Path, open_app: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUASION_ROLE", role)
    paths = build_store(tmp_path / "data", views=("partner", "public"))
    app = open_app(paths, "country", country=["BRA"], survey=["reports"])
    assert {button.proto.label for button in app.get("download_button")} == (
        {"Brief (DOCX)", "CSV", "PNG", "SVG"} if role == "strategist" else set()
    )
    for page in ("influence", "actor", "improved", "country"):
        app.switch_page(f"screens/{page}.py").run()
        assert not app.exception
        assert "Expert survey" not in str([part(app, "banner"), part(app, "panel")["sections"], said(app)])
