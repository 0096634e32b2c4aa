from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from explorer.language import LANGUAGES
from explorer.library import Library
from explorer.names import SOURCES
from store import Paths
from store.filters import FOR_REVIEW, TOPIC
from taxonomy import load_codebook
from tests.explorer.conftest import part

Opens = Callable[..., Any]

CHOOSER = "language-chooser"


def headline(app: Any) -> str:
    return str(part(app, "banner")["headline"])


def bank(language: str) -> str:
    return load_codebook().facet("actor").code("bank").label(language)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_everything_has_a_name_in_every_language(library: Library, language: str) -> None:
    names = library.named(language).names
    assert all(names.facet(facet) != facet for facet in (*SOURCES, TOPIC, FOR_REVIEW, "right"))
    assert names.code("actor", "bank") == bank(language)
    assert names.code("country", "KOR") != "KOR"


def test_another_language_is_the_same_snapshot(library: Library) -> None:
    korean = library.named("ko")
    assert korean.snapshot is library.snapshot
    assert korean.named("ko") is korean
    assert korean.named("es").names is library.named("es").names
    assert library.names.language == korean.named("en").names.language == "en"


@pytest.mark.server
def test_the_link_names_things_in_its_language_and_the_pages_keep_it(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"], country=["BRA"], names=["es"])
    assert headline(app) == f"{bank('es')} · Brasil"
    assert app.selectbox(key=CHOOSER).value == "es"
    assert part(app, "banner")["chips"][0]["facet"] == "País"
    app.switch_page("screens/topics.py").run()
    assert headline(app).endswith("· Brasil")
    assert app.query_params["names"] in ("es", ["es"])


@pytest.mark.server
def test_a_language_is_chosen_and_the_view_stays(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"])
    app.selectbox(key=CHOOSER).set_value("ko").run()
    assert headline(app) == bank("ko")
    assert (part(app, "banner")["lang"], part(app, "panel")["lang"]) == ("ko", "ko")
    assert app.query_params["names"] in ("ko", ["ko"])
    app.selectbox(key=CHOOSER).set_value("en").run()
    assert headline(app) == bank("en")
    assert "names" not in app.query_params


@pytest.mark.server
def test_a_language_that_there_is_not_is_told_and_left_out(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank"], names=["xx"])
    assert headline(app) == bank("en")
    assert "names=xx" in part(app, "banner")["notes"][0]
