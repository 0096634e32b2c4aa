"""The button on a card, as those use it who may and as others would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from explorer.access import ROLES, Grant
from explorer.collecting import offered
from store import Paths
from tests.explorer.conftest import act, part


def sign(app: Any) -> list[str]:
    return [link.proto.label for link in app.get("page_link") if link.proto.label.startswith("Story pack")]


def test_a_role_without_a_story_pack_is_offered_nothing() -> None:
    assert offered(Grant(ROLES["public-reader"])) == {"collected": None}
    assert offered(Grant(ROLES["author"])) == {"collected": []}


@pytest.mark.server
def test_a_quote_is_collected_once_and_taken_out_again(shelf: Paths, open_app: Callable[..., Any]) -> None:
    app = open_app(shelf, survey=["reports"])
    first, second = (card["id"] for card in part(app, "quotes")["quotes"][:2])
    assert sign(app) == []
    for _ in range(2):
        act(app, "quotes", "collect", {"quote": first, "wanted": True})
    act(app, "quotes", "collect", {"quote": second, "wanted": True})
    assert app.session_state["tray"].ids == (first, second)
    assert part(app, "quotes")["collected"] == [first, second]
    app.run()
    assert sign(app) == ["Story pack · 2"]
    act(app, "quotes", "collect", {"quote": first, "wanted": False})
    assert app.session_state["tray"].ids == (second,)
    # What a page does not offer is not collected either.
    for forged in ("nobody-1", "x" * 500, "<b>", None):
        act(app, "quotes", "collect", {"quote": forged, "wanted": True})
    act(app, "quotes", "collect", "nothing")
    assert app.session_state["tray"].ids == (second,)
