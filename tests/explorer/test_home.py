from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from explorer.access import DOORS, ROLES, SCREENS, Grant
from store import Paths
from taxonomy import load_codebook
from tests.explorer.conftest import act, part

Opens = Callable[..., Any]


def headers(app: Any) -> list[str]:
    return [header.value for header in app.header]


def parts(app: Any, name: str) -> list[Any]:
    return [element for element in app.get("bidi_component") if element.proto.component_name == f"suasion_{name}"]


def test_every_page_but_the_first_stands_behind_a_door() -> None:
    doors = {door.id for door in DOORS}
    assert SCREENS[0].id == "home"
    assert {screen.id for screen in SCREENS if screen.in_menu and screen.door not in doors} == {"home"}
    assert {screen.also for screen in SCREENS} <= doors | {""}


def test_a_door_holds_the_pages_of_the_role_its_own_first() -> None:
    researcher = [screen.id for screen in Grant(ROLES["researcher"]).behind("check")]
    assert researcher[-1] == "topics"  # shared with the authors
    assert "release" in researcher
    assert "release" not in [screen.id for screen in Grant(ROLES["author"]).behind("check")]
    assert all(screen.in_menu for role in ROLES.values() for door in DOORS for screen in Grant(role).behind(door.id))
    assert Grant(ROLES["researcher"]).behind("") == ()


@pytest.mark.server
def test_home_has_three_doors_and_says_where_the_texts_come_from(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "home")
    assert headers(app) == [*(door.title for door in DOORS), "Where the texts come from"]
    assert [text.value for text in app.text][1].startswith("15 passages from ")
    sources = part(app, "topics")["facts"]
    assert len(sources) == 3
    assert all(" · " in said for _, said in sources)
    assert [figure["name"] for figure in part(app, "figures")["figures"]] == ["languages"]
    assert len(parts(app, "figures")) == 3
    assert not parts(app, "panel")
    assert dict(app.query_params) == {}


@pytest.mark.server
def test_home_says_which_filters_are_kept(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"])
    app.query_params.clear()  # as the menu does
    app.switch_page("screens/home.py").run()
    bank = load_codebook().facet("actor").code("bank").label("en")
    assert f"Your filters are kept: {bank}" in [text.value for text in app.text]
    assert dict(app.query_params) == {}
    app.switch_page("screens/topics.py").run()
    assert app.query_params["actor"] in ("bank", ["bank"])


@pytest.mark.server
def test_a_search_at_home_opens_the_quotes_with_it(shelf: Paths, open_app: Opens) -> None:
    # The made-up store's vectors are of no encoder, so that it is searched by words.
    app = open_app(shelf, "home")
    app.text_input(key="search-at-home").set_value("  lobbied   hard ").run()
    assert not app.exception
    banner = part(app, "banner")
    assert (banner["kicker"], banner["chips"][-1]["label"]) == ("Quotes", "lobbied hard")
    assert app.query_params["q"] in ("lobbied hard", ["lobbied hard"])


@pytest.mark.server
def test_a_search_at_home_is_of_all_surveys_until_filters_are_chosen(
    shelf: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.filters.FIRST_SURVEY", "reports")
    app = open_app(shelf, "home")
    app.text_input(key="search-at-home").set_value("lobbied").run()
    assert "survey" not in app.query_params
    kept = open_app(shelf, survey=["reports"])
    kept.query_params.clear()
    kept.switch_page("screens/home.py").run()
    kept.text_input(key="search-at-home").set_value("lobbied").run()
    assert kept.query_params["survey"] in ("reports", ["reports"])


@pytest.mark.server
def test_a_search_by_meaning_stands_over_the_quotes_and_is_cleared_like_a_filter(
    shelf: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.search_shelf.SearchShelf.state", "loading")
    monkeypatch.setattr("explorer.search_shelf.SearchShelf.start", lambda _: "loading")
    app = open_app(shelf, "home")
    app.text_input(key="search-at-home").set_value("suing critics").run()
    assert app.query_params["ask"] in ("suing critics", ["suing critics"])
    app.switch_page("screens/quotes.py").run()  # AppTest does not follow by itself
    banner = part(app, "banner")
    assert banner["headline"].endswith("closest to “suing critics”")
    (chip,) = (chip for chip in banner["chips"] if chip["label"] == "suing critics")
    assert chip["facet"] == "Words and meaning"
    act(app, "banner", "remove", chip["remove"])
    assert "ask" not in app.query_params
    assert "suing" not in part(app, "banner")["headline"]


@pytest.mark.server
def test_a_link_without_a_page_is_of_the_quotes(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "quotes", country=["BRA"])
    assert part(app, "banner")["kicker"] == "Quotes"
    assert part(app, "banner")["headline"] == "Brazil"
