from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import Decisions, Paths
from tests.explorer.conftest import act, part
from tests.explorer.topical import BANKS, CLINICS, HOSTILE, build
from tests.themed import give_all_topics

pytestmark = pytest.mark.server

Opens = Callable[..., Any]


@pytest.fixture(scope="module")
def topical(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A survey with two topics, for reading only."""
    return build(tmp_path_factory.mktemp("topical") / "data")


@pytest.fixture
def own(topical: Paths, tmp_path: Path) -> Paths:
    return Paths(Path(shutil.copytree(topical.root, tmp_path / "own")))


def link(app: Any) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in app.query_params.items()}


def lists(app: Any) -> dict[str, dict[str, Any]]:
    """The data of the page's lists, words, shares and facts, by key."""
    found = {}
    for element in app.get("bidi_component"):
        proto = element.proto
        if proto.component_name == "suasion_topics":
            data = json.loads(proto.mixed.json if proto.WhichOneof("data") == "mixed" else proto.json)
            found[proto.id.rsplit("-", 1)[-1]] = data
    return found


def said(app: Any) -> str:
    return "\n".join(str(text.value) for text in app.text)


def headings(app: Any) -> list[str]:
    return [heading.value for heading in app.subheader]


def pick(app: Any, selection: str, **point: object) -> None:
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = app._tree.get_widget_states()
    id = app.get("vega_lite_chart")[0].proto.id
    states.widgets.append(WidgetState(id=id, string_value=json.dumps({"selection": {selection: [point]}})))
    app._run(states)
    assert not app.exception


def test_all_topics_of_a_survey(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, "topics", survey=["reports"])
    assert part(app, "banner")["tally"] == "11 passages from 11 texts"
    assert headings(app) == [
        "Map of the passages", "Topics", "Topics over time and place", "Topics by wave", "Beyond the codebook",
    ]  # fmt: skip
    assert {"csv-topics-by-wave", "png-topics-by-wave", "svg-topics-by-wave"} <= {button.key for button in app.get("download_button")}
    data = lists(app)
    assert [row["id"] for row in data["topics"]["rows"]] == [BANKS, CLINICS]
    assert len(data["beyond"]["rows"]) == 2
    assert dict(data["model"]["facts"])["Note"] == "Few passages."
    assert "11 passages; 1 of them in no topic (grey)." in said(app)
    section = next(section for section in part(app, "panel")["sections"] if section["name"] == "Themes")
    assert [(option["name"], option["count"]) for option in section["facets"][0]["options"]] == [("theme 1", 6), ("theme 2", 4)]


@pytest.mark.parametrize("selection", ["point", "outline"])
def test_a_pick_on_the_map_opens_the_topic_and_the_link_says_so(selection: str, topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, "topics", survey=["reports"])
    pick(app, selection, topic=CLINICS)
    assert link(app) == {"survey": ["reports"], "opened": [CLINICS]}
    assert part(app, "banner")["headline"] == "theme 2"


def test_a_pick_of_a_passage_in_no_topic_opens_nothing(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, "topics", survey=["reports"])
    pick(app, "point", topic=None)
    assert link(app) == {"survey": ["reports"]}


def test_the_page_of_a_topic(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=[BANKS])
    app.switch_page("screens/topics.py").run()
    banner = part(app, "banner")
    assert (banner["headline"], banner["kicker"]) == ("theme 1", "Topic 1 · Country reports")
    assert banner["tally"] == "6 passages from 6 texts · stability 0.80"
    assert len(part(app, "quotes")["quotes"]) == 3
    assert len({quote["country"] for quote in part(app, "quotes")["quotes"]}) == 3
    data = lists(app)
    assert data["about"]["words"][0]["words"][0]["word"] == "word1"
    assert [block["title"] for block in data["said"]["shares"]] == ["Effect", "Direction"]
    assert data["lifted"]["shares"][0]["rows"][0]["narrow"] == {"facet": "actor", "code": "bank"}
    assert [[block["title"] for block in data[key]["shares"]] for key in ("0", "1")] == [["Country", "Actor"], ["Wave"]]
    app.button(key="back").click().run()
    assert link(app) == {"survey": ["reports"]}
    assert part(app, "banner")["kicker"] == "Topics"


def test_a_topic_leads_to_its_quotes(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=[CLINICS])
    app.switch_page("screens/topics.py").run()
    app.button(key="read").click().run()
    assert len(part(app, "quotes")["quotes"]) == 4
    assert link(app) == {"survey": ["reports"], "topic": [CLINICS]}
    assert [chip["label"] for chip in part(app, "banner")["chips"]] == ["Country reports", "theme 2"]
    assert part(app, "banner")["headline"] == "theme 2"
    app.switch_page("screens/topics.py").run()
    assert link(app)["opened"] == [CLINICS]


def test_filters_hold_on_the_page_of_a_topic_and_it_stays_open(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=[BANKS], country=["KOR"])
    app.switch_page("screens/topics.py").run()
    assert part(app, "banner")["tally"].startswith("1 passage from 1 text")
    act(app, "banner", "remove", {"facet": "country", "code": "KOR"})
    assert part(app, "banner")["headline"] == "theme 1"
    assert part(app, "banner")["tally"].startswith("6 passages")


def test_a_topic_of_which_the_filters_leave_nothing(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=[CLINICS], country=["KOR"])
    app.switch_page("screens/topics.py").run()
    assert "No passage of this topic matches the filters" in headings(app)
    assert app.button(key="read").disabled


def test_a_link_to_no_topic_is_named(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=["reports.99"])
    assert "opened=reports.99" in part(app, "banner")["notes"][0]


def test_a_person_names_a_topic_and_takes_the_name_back(own: Paths, open_app: Opens) -> None:
    app = open_app(own, survey=["reports"], opened=[BANKS])
    app.switch_page("screens/topics.py").run()
    name = next(field for field in app.text_input if field.label == "A name for this topic")
    give = next(button for button in app.button if button.label == "Give this name")
    name.set_value("Banks [x](http://example.org)")
    give.click().run()
    assert [warning.value for warning in app.warning] == ["Say who you are: your name stands beside the decision."]
    app.text_input(key="who").set_value("Ana")
    next(field for field in app.text_input if field.label == "A name for this topic").set_value("Banks [x](http://example.org)")
    next(button for button in app.button if button.label == "Give this name").click().run()
    assert not app.exception
    assert part(app, "banner")["headline"] == "Banks [x](http://example.org)"
    assert Decisions(own).standing("topic-name")[BANKS].who == "Ana"
    shown = [str(element.value) for kind in ("markdown", "title", "subheader", "caption", "warning") for element in app.get(kind)]
    assert not any("example.org" in text for text in shown)
    app.button(key=f"undo-topic-name-{BANKS}").click().run()
    assert part(app, "banner")["headline"] == "theme 1"


def test_a_person_merges_a_topic_and_its_links_lead_to_the_other(own: Paths, open_app: Opens) -> None:
    app = open_app(own, survey=["reports"], opened=[CLINICS], topic=[CLINICS])
    app.switch_page("screens/topics.py").run()
    app.text_input(key="who").set_value("Ana")
    next(box for box in app.selectbox if box.label == "A topic that it is part of").set_value(BANKS)
    next(button for button in app.button if button.label == "Merge into that topic").click().run()
    assert not app.exception
    assert part(app, "banner")["headline"] == "theme 1"
    assert link(app) == {"survey": ["reports"], "topic": [BANKS], "opened": [BANKS]}
    assert part(app, "banner")["tally"].startswith("10 passages")
    app.button(key=f"undo-topic-merge-{CLINICS}").click().run()
    assert part(app, "banner")["tally"].startswith("6 passages")


def test_other_views_decide_nothing(topical: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer import topic_page

    app = open_app(topical, survey=["reports"], opened=[BANKS])
    monkeypatch.setattr(topic_page, "_DECIDED_IN", "another")
    app.switch_page("screens/topics.py").run()
    assert "Name it, merge it" not in headings(app)


def test_passages_are_never_markup(topical: Paths, open_app: Opens) -> None:
    app = open_app(topical, survey=["reports"], opened=[BANKS])
    app.switch_page("screens/topics.py").run()
    shown = [str(element.value) for kind in ("markdown", "title", "subheader", "caption", "text") for element in app.get(kind)]
    assert not any("example.org" in text for text in shown)
    assert any(
        HOSTILE in json.dumps(json.loads(chart.proto.spec), ensure_ascii=False).replace('\\"', '"') for chart in app.get("vega_lite_chart")
    )


@pytest.mark.usefixtures("few_are_counted")
def test_several_surveys_are_chosen_from_and_the_choice_is_a_filter(own_shelf: Paths, open_app: Opens) -> None:
    give_all_topics(own_shelf, views=("internal",))
    app = open_app(own_shelf, "topics", view=["all"])
    box = next(box for box in app.selectbox if box.label == "Topics of the survey")
    other = next(survey for survey in ("reports", "summaries", "experts") if survey != box.value)
    box.set_value(other).run()
    assert link(app) == {"survey": [other]}
    assert lists(app)["topics"]["rows"][0]["id"].startswith(f"{other}.")


def test_topics_of_few_people_are_told_to_be_so(own_shelf: Paths, open_app: Opens) -> None:
    give_all_topics(own_shelf, views=("internal",))
    app = open_app(own_shelf, "topics", survey=["experts"])
    assert [heading.value for heading in app.subheader] == ["No topic of this survey can be shown"]
    assert part(app, "banner")["tally"] == "Not counted: fewer than 5 respondents, some of them of a protected survey"


@pytest.mark.usefixtures("few_are_counted")
def test_one_wave_is_said_and_not_drawn(own_shelf: Paths, open_app: Opens) -> None:
    give_all_topics(own_shelf, views=("internal",))
    app = open_app(own_shelf, "topics", survey=["experts"])
    assert "This view has one wave (2025), so there is nothing to show over time." in said(app)


def test_a_store_without_topics_says_how_they_are_found(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "topics")
    assert headings(app) == ["No topics have been found yet"]
    assert [code.value for code in app.code] == ["suasion run"]


def test_a_survey_in_which_none_were_found_says_why(tmp_path: Path, open_app: Opens) -> None:
    app = open_app(build(tmp_path / "none", placing=lambda _: (0, "outlier")), "topics", survey=["reports"])
    assert headings(app) == ["No topics were found in this survey"]
    assert "Few passages." in said(app)
