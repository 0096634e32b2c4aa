"""A made-up store, opened as the pages open it, and hands for the parts of a page that AppTest has none for."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library import Library
from explorer.names import Names
from store import Paths
from taxonomy import load_codebook
from tests.explorer.browsing import browser
from tests.meant import build_meant
from tests.synthetic import build_store

APP = Path(__file__).parents[2] / "explorer" / "app.py"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The made-up store, for reading only."""
    return build_store(tmp_path_factory.mktemp("explorer") / "data", views=("internal",))


@pytest.fixture
def own_shelf(shelf: Paths, tmp_path: Path) -> Paths:
    """A copy of the made-up store, to change."""
    shutil.copytree(shelf.root, tmp_path / "copy")
    return Paths(tmp_path / "copy")


@pytest.fixture(scope="session")
def library(shelf: Paths) -> Iterator[Library]:
    """The made-up snapshot, open."""
    opened = Library(shelf, "internal")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def meant_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The made-up snapshot whose vectors mean something, open, for reading only."""
    opened = Library(build_meant(tmp_path_factory.mktemp("meant") / "data"), "internal")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def names() -> Names:
    """English names, without those of any survey."""
    return Names(load_codebook())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser, to open windows of with ``tests.explorer.browsing.window``."""
    with browser() as started:
        yield started


@pytest.fixture
def forget() -> Iterator[None]:
    """Close what the pages opened."""
    yield
    from explorer import libraries

    libraries.close_all()


@pytest.fixture
def open_app(forget: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function that opens the app over a data folder, at a link."""
    from streamlit.testing.v1 import AppTest

    def opened(paths: Paths, screen: str = "quotes", **parameters: list[str]) -> Any:
        monkeypatch.setenv("SUASION_DATA", str(paths.root))
        if not {"SUASION_ROLE", "SUASION_SIGN_IN"} & set(os.environ):
            monkeypatch.setenv("SUASION_ROLE", "researcher")
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.query_params.update(parameters)
        app.run()
        if screen != "quotes" or not parameters:  # a link with filters opens the quotes
            app.switch_page(f"screens/{screen}.py").run()
        assert not app.exception
        assert "This page could not be drawn" not in [title.value for title in app.title]
        return app

    return opened


def part(app: Any, name: str) -> dict[str, Any]:
    """Return the data that one of the page's own parts was given."""
    proto = _part(app, name)
    return json.loads(proto.mixed.json if proto.WhichOneof("data") == "mixed" else proto.json)  # type: ignore[no-any-return]


def act(app: Any, name: str, event: str, value: object) -> Any:
    """Do what a person does in one of the page's own parts, and run the page."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = app._tree.get_widget_states()
    trigger = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{_part(app, name).id}__events")
    trigger.json_trigger_value = json.dumps([{"event": event, "value": value}])
    states.widgets.append(trigger)
    app._run(states)
    assert not app.exception
    return app


def _part(app: Any, name: str) -> Any:
    return next(element.proto for element in app.get("bidi_component") if element.proto.component_name == f"suasion_{name}")
