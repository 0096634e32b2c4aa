from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import Paths
from taxonomy import load_codebook
from tests.explorer.conftest import act, part

pytestmark = pytest.mark.server

Opens = Callable[..., Any]
CODEBOOK = load_codebook()


def test_a_code_is_found_read_and_leads_to_its_quotes(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "codebook")
    assert part(app, "banner")["headline"] == CODEBOOK.title
    assert CODEBOOK.stamp in part(app, "banner")["tally"]
    assert len(part(app, "topics")["rows"]) == len(CODEBOOK.facet("actor").codes)
    app.text_input(key="codebook-search").set_value("banque").run()
    assert "actor:bank" in [row["id"] for row in part(app, "topics")["rows"]]
    act(app, "topics", "open", "actor:bank")
    assert app.query_params["code"] in ("actor:bank", ["actor:bank"])
    assert part(app, "banner")["headline"] == CODEBOOK.facet("actor").code("bank").label("en")
    assert 1 <= len(part(app, "quotes")["quotes"]) <= 3
    app.session_state["where-from"] = True
    app.run()
    assert any("Selection: Bank" in str(code.value) for code in app.code)
    app.button(key="read").click().run()
    app.switch_page("screens/quotes.py").run()
    assert part(app, "panel")["chosen"] == {"actor": ["bank"]}


def test_another_facet_is_chosen_and_the_link_says_so(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "codebook")
    app.session_state["codebook-facet"] = "effect"
    app.run()
    assert app.query_params["facet"] in ("effect", ["effect"])
    assert [row["id"] for row in part(app, "topics")["rows"]] == [f"effect:{code.id}" for code in CODEBOOK.facet("effect").codes]


def test_a_search_for_nothing_there_and_a_link_to_no_code_say_so(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "codebook")
    app.text_input(key="codebook-search").set_value("[x](http://example.org) 🙂 NEAR *").run()
    assert not app.exception
    assert app.subheader[0].value == "0 codes found"
    app.query_params["code"] = "actor:nobody"
    app.run()
    assert part(app, "banner")["notes"][0] == "This link names a code that the codebook does not have."
    assert "code" not in app.query_params


def test_a_code_that_nobody_was_given_says_so(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "codebook")
    app.query_params["code"] = "effect:mixed"
    app.run()
    assert any("No passage of this snapshot shows this code for certain." in str(text.value) for text in app.text)
