from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from explorer import pack_shelf
from explorer.library import Library
from explorer.story import GoneError
from explorer.story_document import to_docx
from explorer.tray import Tray
from store import Filters, Paths

pytestmark = pytest.mark.server


@pytest.fixture
def two(library: Library) -> Tray:
    first, second = library.quotes(Filters(surveys=("reports",)), 2)
    return Tray("Banks").with_quote(first["quote"]).with_quote(second["quote"]).noted(first["quote"], "Why I chose it")


def texts(app: Any) -> str:
    return "\n".join(element.value for kind in ("text", "caption", "error", "warning", "title", "subheader") for element in app.get(kind))


def test_an_empty_pack_says_how_to_begin(shelf: Paths, open_app: Callable[..., Any]) -> None:
    app = open_app(shelf, "pack")
    assert "Nothing collected yet" in texts(app)


def test_quotes_are_ordered_noted_and_taken_out(shelf: Paths, open_app: Callable[..., Any], two: Tray) -> None:
    app = open_app(shelf)
    app.session_state["tray"] = two
    app.switch_page("screens/pack.py").run()
    first, second = two.ids
    assert app.text_area(key=f"note-{first}").value == "Why I chose it"
    app.button(key=f"up-{second}").click().run()
    assert app.session_state["tray"].ids == (second, first)
    app.text_area(key=f"note-{second}").input("And this").run()
    app.text_input(key="pack-title").input("Two banks").run()
    assert app.session_state["tray"].quotes[0].note == "And this"
    assert app.session_state["tray"].title == "Two banks"
    app.button(key=f"out-{first}").click().run()
    assert app.session_state["tray"].ids == (second,)
    assert not app.exception


def test_a_quote_withdrawn_since_is_named_and_bars_the_files(shelf: Paths, open_app: Callable[..., Any], two: Tray) -> None:
    app = open_app(shelf)
    app.session_state["tray"] = two.with_quote("gone-1")
    app.switch_page("screens/pack.py").run()
    assert "gone\\-1" in texts(app)
    assert not {"pack-docx", "pack-html", "pack-md"} & {button.key for button in app.get("download_button")}
    app.button(key="pack-mend").click().run()
    assert app.session_state["tray"].ids == two.ids
    assert {"pack-docx", "pack-html", "pack-md", "pack-tray"} <= {button.key for button in app.get("download_button")}


def test_the_story_has_what_each_quote_stands_for_and_what_says_the_opposite(library: Library, two: Tray) -> None:
    story = pack_shelf.told(two, library, opposed=True)
    assert all(told.stands_for.startswith("One of ") for told in story.quotes)
    assert story.quotes[0].note == "Why I chose it"
    assert not any(told.counters for told in pack_shelf.told(two, library, opposed=False).quotes)
    from docx import Document

    said = [paragraph.text for paragraph in Document(io.BytesIO(to_docx(story))).paragraphs]
    assert {told.what.text for told in story.quotes} <= set(said)


def test_what_nobody_released_says_so_in_the_pack_and_comes_in_by_no_side_door(library: Library, two: Tray) -> None:
    (guarded, *_) = library.quotes(Filters(surveys=("experts",)), 1)
    (told,) = pack_shelf.told(Tray("Inside").with_quote(guarded["quote"]), library, opposed=True).quotes
    assert "for researchers alone" in told.caveats[0]
    beside = {other.what.quote for each in pack_shelf.told(two, library, opposed=True).quotes for other in each.counters}
    assert not beside & {quote["quote"] for quote in library.quotes(Filters(surveys=("experts",)), 20)}
    assert not any("researchers" in line for each in pack_shelf.told(two, library, opposed=False).quotes for line in each.caveats)


def test_what_is_gone_at_the_moment_of_the_file_is_refused_by_name(library: Library, two: Tray) -> None:
    with pytest.raises(GoneError, match="gone-1"):
        pack_shelf.told(two.with_quote("gone-1"), library, opposed=True)
