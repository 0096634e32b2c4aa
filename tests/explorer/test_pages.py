from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.access import ROLES, Grant
from explorer.session import Visit
from store import Decisions, Paths, Writer
from taxonomy import load_codebook
from tests.explorer.conftest import act, part
from tests.synthetic import CODEBOOK, CODER, CONTENT, ENCODER, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.server

Opens = Callable[..., Any]

BANK = load_codebook().facet("actor").code("bank").label("en")
LOBBYING = load_codebook().facet("mechanism").code("lobbying").label("en")
INFLUENCE = load_codebook().facet("relevance").code("influence").label("en")


def facet(app: Any, name: str) -> dict[str, int]:
    """The values of a facet in the panel, with their counts."""
    facets = {facet["id"]: facet for section in part(app, "panel")["sections"] for facet in section["facets"]}
    return {option["id"]: option["count"] for option in facets[name]["options"]}


def link(app: Any) -> dict[str, list[str]]:
    """The query parameters, each as a list."""
    return {name: [value] if isinstance(value, str) else list(value) for name, value in app.query_params.items()}


def texts(app: Any) -> list[str]:
    return ["".join(piece["text"] for piece in quote["segments"]) for quote in part(app, "quotes")["quotes"]]


def test_the_first_view_is_influence(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    assert link(app) == {"relevance": ["influence"]}
    banner = part(app, "banner")
    assert banner["headline"] == INFLUENCE
    assert banner["tally"].startswith("11 passages from ")
    assert [chip["label"] for chip in banner["chips"]] == [INFLUENCE]
    assert len(texts(app)) == 11


@pytest.mark.usefixtures("few_are_counted")
def test_a_link_opens_its_view_and_counts_follow_the_other_filters(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"], survey=["reports"])
    assert part(app, "banner")["headline"] == BANK
    assert len(texts(app)) == 2
    assert facet(app, "survey") == {"reports": 2, "experts": 1, "summaries": 0}
    assert facet(app, "actor")["corporation"] == 3
    assert part(app, "panel")["chosen"] == {"survey": ["reports"], "actor": ["bank"]}


def test_ticking_a_filter_changes_list_counts_and_link(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    before = facet(app, "survey")
    act(app, "panel", "choice", {"turn": 1, "chosen": {"relevance": ["influence"], "effect": ["improves"]}})
    assert link(app) == {"relevance": ["influence"], "effect": ["improves"]}
    assert set(texts(app)) == {"A company opened clinics in the région."}
    assert facet(app, "survey") != before
    assert part(app, "panel")["turn"] == 1


@pytest.mark.usefixtures("few_are_counted")
def test_columns_that_a_survey_keeps_are_filters(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, **{"attribute:role": ["lawyer"]})
    section = next(section for section in part(app, "panel")["sections"] if section["name"] == "From the survey")
    assert [(kept["id"], kept["name"]) for kept in section["facets"]] == [("attribute:role", "Role")]
    assert len(texts(app)) == facet(app, "attribute:role")["lawyer"] > 0
    assert link(app) == {"attribute:role": ["lawyer"]}


@pytest.mark.parametrize(
    "sent", [None, "text", [], {"turn": 1}, {"turn": "x", "chosen": {}}, {"turn": 1, "chosen": []}, {"chosen": {"actor": ["bank"]}}]
)
def test_a_choice_that_makes_no_sense_changes_nothing(sent: object, shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    act(app, "panel", "choice", sent)
    assert link(app) == {"relevance": ["influence"]}


def test_a_choice_of_what_is_unknown_selects_nothing(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    act(app, "panel", "choice", {"turn": 1, "chosen": {"actor": ["wizard", 7, None], "colour": ["red"], "effect": "harms"}})
    assert link(app) == {"view": ["all"]}


def test_chips_are_cleared_one_by_one_and_all_together(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank", "corporation"], country=["BRA"])
    act(app, "banner", "remove", {"facet": "actor", "code": "bank"})
    assert link(app) == {"country": ["BRA"], "actor": ["corporation"]}
    act(app, "banner", "clear", True)
    assert link(app) == {"view": ["all"]}
    assert part(app, "banner")["headline"] == "Everything"
    assert part(app, "banner")["chips"] == []


def test_searching_keeps_the_filters_and_can_be_cleared(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["corporation"])
    app.text_input(key="search").set_value("clinics").run()
    assert link(app) == {"actor": ["corporation"], "q": ["clinics"]}
    assert set(texts(app)) == {"A company opened clinics in the région."}
    assert part(app, "banner")["headline"].endswith("“clinics”")
    act(app, "banner", "remove", {"facet": "text", "code": ""})
    assert link(app) == {"actor": ["corporation"]}
    assert app.text_input(key="search").value == ""


def test_what_a_link_asks_for_in_vain_is_named(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["wizard", "bank"], colour=["red"])
    (note,) = part(app, "banner")["notes"]
    assert "actor=wizard" in note
    assert "colour" in note
    assert link(app) == {"actor": ["bank"]}


def test_nothing_found_says_what_to_do(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, q=["xylophone"])
    assert [heading.value for heading in app.subheader] == ["No passage matches all of these filters"]
    assert part(app, "banner")["tally"].startswith("0 passages")
    assert not app.get("download_button")


WAGE = {"labour": ["minimum_wage"]}


@pytest.mark.usefixtures("few_are_counted")
def test_codes_for_review_count_on_demand(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, **WAGE)
    assert [heading.value for heading in app.subheader] == ["No passage matches all of these filters"]
    assert any("With codes for review there are 2" in text.value for text in app.text)
    assert part(app, "panel")["suggestions"]["said"] == "2 of 20 wait for review"
    act(app, "panel", "choice", {"turn": 1, "chosen": WAGE, "suggestions": True})
    assert link(app) == {**WAGE, "suggestions": ["yes"]}
    assert len(texts(app)) == facet(app, "labour")["minimum_wage"] == 2
    banner = part(app, "banner")
    assert "counted here all the same" in banner["coverage"]
    assert banner["chips"][-1]["label"] == "codes for review too"
    app.text_input(key="search").set_value("banks").run()
    assert link(app)["suggestions"] == ["yes"], "a search keeps it"
    act(app, "banner", "remove", {"facet": "suggestions", "code": ""})
    assert link(app) == {**WAGE, "q": ["banks"]}


@pytest.mark.usefixtures("few_are_counted")
def test_passages_with_codes_for_review_can_be_picked(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, for_review=["effect"])
    assert texts(app) == ["A bank advised austerity, and a mine <b>polluted</b> the river."]
    assert part(app, "banner")["headline"] == f"{load_codebook().facet('effect').label('en')} for review"
    assert facet(app, "for_review") == {"effect": 1, "labour": 2}


def test_a_suggestion_on_a_card_leads_to_all_that_are_like_it(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"])
    act(app, "quotes", "narrow", {"facet": "labour", "code": "minimum_wage", "suggestions": True})
    assert link(app) == {"actor": ["bank"], **WAGE, "suggestions": ["yes"]}
    assert len(texts(app)) == 2


def test_the_whole_answer_opens_on_demand(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, survey=["reports"], actor=["bank"], origin=["foreign"])
    (quote,) = part(app, "quotes")["quotes"]
    assert part(app, "quotes")["answers"] == {}
    act(app, "quotes", "open", {"quote": quote["id"]})
    pieces = part(app, "quotes")["answers"][quote["id"]]["segments"]
    assert [(piece["text"], piece["here"]) for piece in pieces] == [
        ("Foreign banks lobbied against the labour law.", True),
        (" A company opened clinics in the région.", False),
    ]


def test_a_code_on_a_card_narrows_the_view(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    act(app, "quotes", "narrow", {"facet": "right", "code": "health"})
    assert link(app) == {"relevance": ["influence"], "right": ["health"]}
    assert set(texts(app)) == {"A company opened clinics in the région."}


def test_a_withdrawn_answer_is_hidden_from_the_next_run(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, survey=["reports"])
    before = len(texts(app))
    Decisions(own_shelf).record("withdrawal", answer_id("reports", "1"), "withdrawn", "tests")
    app.run()
    assert len(texts(app)) == before - 2
    assert part(app, "banner")["tally"].startswith(f"{before - 2} passages")


def test_the_downloads_offer_all_that_is_shown(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf)
    assert [button.proto.label for button in app.get("download_button")] == ["CSV", "Claims", "XLSX"]
    assert "11 shown" in [text.value for text in app.text]


def test_long_lists_have_pages_and_a_filter_goes_back_to_the_first(tmp_path: Path, open_app: Opens) -> None:
    survey, _ = CONTENT[0]
    responses = [Response(str(number), (Sentence(f"Mine number {number} closed."),)) for number in range(45)]
    paths = published(tmp_path / "many", survey, responses)
    app = open_app(paths, page=["3"], relevance=["influence"])
    assert len(texts(app)) == 5
    assert "41–45 of 45" in [text.value for text in app.text]
    act(app, "panel", "choice", {"turn": 1, "chosen": {"country": ["BRA"]}})
    assert link(app) == {"country": ["BRA"]}
    assert len(texts(app)) == 20
    app = open_app(paths, page=["99"])
    assert "41–45 of 45" in [text.value for text in app.text]


def published(root: Path, survey: Any, responses: list[Response]) -> Paths:
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([survey.survey], VERSIONS)
        process(writer, survey, responses, run)
        writer.publish("internal", run)
        writer.finish_run(run, "done")
    return paths


def test_the_footer_says_which_snapshot_is_shown(shelf: Paths, open_app: Opens) -> None:
    foot = part(open_app(shelf), "panel")["foot"]
    lines = dict(map(tuple, foot["lines"]))
    assert foot["title"].startswith("Snapshot of 20")
    assert lines["View"] == "internal"
    assert lines["Id"] == (shelf.snapshots("internal") / "CURRENT").read_text("utf-8").strip()
    assert (lines["Encoder"], lines["Coder"], lines["Codebook"]) == (ENCODER, CODER, CODEBOOK)
    assert int(lines["Quotes"]) == 15


def test_a_new_snapshot_is_picked_up_and_the_view_stays(tmp_path: Path, open_app: Opens) -> None:
    survey, _ = CONTENT[0]
    paths = published(tmp_path / "own", survey, [Response("1", (Sentence("One mine closed."),))])
    app = open_app(paths, country=["BRA"])
    assert texts(app) == ["One mine closed."]
    published(tmp_path / "own", survey, [Response(row, (Sentence(f"Mine {row} closed."),)) for row in ("2", "3")])
    app.run()
    assert set(texts(app)) == {"Mine 2 closed.", "Mine 3 closed."}
    assert link(app) == {"country": ["BRA"]}


def test_where_nothing_is_published_the_page_says_what_to_type(tmp_path: Path, open_app: Opens) -> None:
    app = open_app(Paths(tmp_path / "empty"))
    assert [title.value for title in app.title] == ["Nothing is published here now"]
    assert [code.value for code in app.code] == ["suasion run"]


def test_the_first_snapshot_is_opened_by_itself(tmp_path: Path, open_app: Opens) -> None:
    root = tmp_path / "later"
    app = open_app(Paths(root))
    published(root, CONTENT[0][0], [Response("1", (Sentence("One mine closed."),))])
    app.run()
    assert texts(app) == ["One mine closed."]


@pytest.mark.parametrize("harm", ["gone", "garbled", "no manifest", "pointer"])
@pytest.mark.parametrize("page", ["home", "quotes", "influence"])
def test_a_damaged_snapshot_gets_a_clear_message(harm: str, page: str, own_shelf: Paths, open_app: Opens) -> None:
    folder = own_shelf.snapshots("internal")
    current = folder / (folder / "CURRENT").read_text("utf-8").strip()
    if harm == "gone":
        current.chmod(0o700)
        shutil.rmtree(current)
    elif harm == "pointer":
        (folder / "CURRENT").write_bytes(b"\xff../../etc\x00")
    else:
        current.chmod(0o700)
        file = current / ("manifest.json" if harm == "no manifest" else "data.duckdb")
        file.chmod(0o600)
        file.write_bytes(b"{" if harm == "no manifest" else b"not a database")
    app = open_app(own_shelf, page)
    assert [title.value for title in app.title] == ["This snapshot cannot be read"]
    assert "suasion publish" in [code.value for code in app.code]


def test_hostile_text_is_data_and_nothing_else(tmp_path: Path, open_app: Opens) -> None:
    hostile = "<script>alert(1)</script> ![x](http://example.org/x.png) =HYPERLINK(1)"
    app = open_app(published(tmp_path / "hostile", CONTENT[0][0], [Response("1", (Sentence(hostile),))]))
    assert texts(app) == [hostile]
    shown = [element.value for kind in ("markdown", "title", "subheader", "caption", "text", "code") for element in app.get(kind)]
    assert not any("example.org" in str(value) or "<script>" in str(value) for value in shown)


def test_a_visit_knows_its_filters(library: Any) -> None:
    from explorer.filters import View

    assert Visit(library, View(), Grant(ROLES["researcher"])).filters == View().filters
