from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer import frame
from store import Paths
from tests.explorer.conftest import act, part

Opens = Callable[..., Any]

pytestmark = pytest.mark.server

SECRET = "words of an answer"


def titles(app: Any) -> list[str]:
    return [title.value for title in app.title]


def test_a_page_that_breaks_says_so_and_neither_shows_nor_prints_what_was_in_it(
    shelf: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = open_app(shelf, actor=["bank"])

    def broken(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(frame, "subject", broken)
    app.run()
    assert titles(app) == ["This page could not be drawn"]
    assert not app.exception
    printed = capsys.readouterr().err
    assert "a page could not be drawn: KeyError" in printed
    assert "frame.py" in printed
    assert SECRET not in printed + str([element.value for element in app.text])


def test_a_snapshot_that_goes_while_a_page_is_open_is_told_and_the_page_comes_back(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, actor=["bank"])
    pointer = (own_shelf.snapshots("internal") / "CURRENT").read_text("utf-8")
    (own_shelf.snapshots("internal") / "CURRENT").write_text("20200101T000000-000000", "utf-8")
    app.run()
    assert not titles(app)
    assert part(app, "panel")["chosen"] == {"actor": ["bank"]}
    assert [warning.value for warning in app.warning] == ["The newest snapshot is damaged. This is the last good one, and it is older."]
    assert [text.value for text in app.text if "20200101T000000-000000" in text.value]
    (own_shelf.snapshots("internal") / "CURRENT").unlink()
    app.run()
    assert titles(app) == ["Nothing is published here now"]
    (own_shelf.snapshots("internal") / "CURRENT").write_text(pointer, "utf-8")
    app.run()
    assert part(app, "panel")["chosen"] == {"actor": ["bank"]}
    assert not app.warning


def test_what_is_damaged_is_told_to_those_who_run_it_alone(own_shelf: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(own_shelf.snapshots("internal"), own_shelf.snapshots("public"), dirs_exist_ok=True)
    (own_shelf.snapshots("public") / "CURRENT").write_text("20200101T000000-000000", "utf-8")
    monkeypatch.setenv("SUASION_ROLE", "public-reader")
    app = open_app(own_shelf, "home")
    assert titles(app) == ["This snapshot cannot be read"]
    assert not app.code
    assert str(own_shelf.root) not in str([element.value for element in app.text])


def test_where_nothing_is_published_for_a_role_it_is_told_whom_to_ask_and_what_publishes_it(
    tmp_path: Path, open_app: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUASION_ROLE", "public-reader")
    app = open_app(Paths(tmp_path / "empty"), "home")
    assert titles(app) == ["Nothing is published here now"]
    assert [code.value for code in app.code] == ["suasion publish --view public"]  # a run publishes for researchers alone


@pytest.mark.parametrize(
    "search",
    [
        "“quoted” \"and\" 'so'", "[a](b) {c} <d>", "🙂🏭 😀", "NEAR( OR AND *", "x" * 10_000, "노동 " * 3_000,
        "'; DROP TABLE quotes; --", "\x00\x07",
    ],
)  # fmt: skip
def test_any_search_is_a_search(search: str, shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, q=[search], view=["all"])
    assert len(part(app, "banner")["headline"]) < 120
    assert len(app.query_params.get("q", [""])[0]) <= 200


def test_any_link_opens_a_page_that_says_in_few_words_what_it_left_out(shelf: Paths, open_app: Opens) -> None:
    strange = {"🙂": ["x" * 10_000], "<script>": ["alert(1)"], **{f"unknown-{number}": ["y"] for number in range(40)}}
    app = open_app(shelf, actor=["bank"], page=["-7"], opened=["../../etc"], **strange)
    (note,) = part(app, "banner")["notes"]
    assert len(note) < 500
    assert note.endswith("more")
    assert not {*strange, "page", "opened"} & set(app.query_params)


def test_a_second_click_changes_nothing(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, actor=["bank", "corporation"])
    for _ in range(2):
        act(app, "banner", "remove", {"facet": "actor", "code": "bank"})
    assert part(app, "panel")["chosen"] == {"actor": ["corporation"]}
    for _ in range(2):
        act(app, "banner", "clear", True)
    assert part(app, "banner")["headline"] == "Everything"
