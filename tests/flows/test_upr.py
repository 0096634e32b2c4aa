from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from flows.upr import ASKED, WITHHELD, read_upr, upr_figures
from models.heads import targets
from models.scoring import Layout
from taxonomy import load_codebook
from taxonomy.errors import RawFileError, StageError
from tests.models.tiny_codebook import tiny_codebook

BOOK = load_codebook()
LAYOUT = Layout.of(BOOK)


def table(folder: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = ("session", "text", "rights")) -> Path:
    path = folder / "upr.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def test_a_recommendation_is_a_passage_asked_of_its_rights_alone(tmp_path: Path) -> None:
    rows = read_upr(
        table(tmp_path, ("3", 'Abolish "it", now', "torture|death-penalty"), ("12", "Protect", ""), ("1", "Other", "arrest")), BOOK
    )
    first = rows[0]
    assert (first.id, first.passage.text, first.passage.language) == ("upr-1", 'Abolish "it", now', "en")
    assert first.values == {"right": ("death-penalty", "torture")}, "in the codebook's order"
    assert (first.source, first.family, first.holdout) == ("Universal Periodic Review", "upr-3", False)
    assert rows[1].values == {"right": ()}
    assert [row.holdout for row in rows] == [False, True, False]
    held, asked = targets(rows, LAYOUT)
    assert asked.sum(1).tolist() == [len(ASKED)] * 3
    assert held.sum(1).tolist() == [2, 0, 1]


def test_rights_that_recommendations_are_not_asked_for_are_left_out(tmp_path: Path) -> None:
    [row] = read_upr(table(tmp_path, ("1", "Text", "privacy|unheard-of|work|work| |")), BOOK)
    assert row.values == {"right": ("work",)}


def test_the_withheld_sessions_are_the_last_ones(tmp_path: Path) -> None:
    rows = read_upr(table(tmp_path, *((str(session), "Text", "work") for session in range(1, 14))), BOOK)
    assert {int(row.family.removeprefix("upr-")) for row in rows if row.holdout} == WITHHELD == {11, 12, 13}


def test_columns_may_stand_in_any_order_and_others_beside_them(tmp_path: Path) -> None:
    [row] = read_upr(table(tmp_path, ("Text", "x", "work", " 2 "), columns=("text", "state", "rights", "session")), BOOK)
    assert (row.passage.text, row.family) == ("Text", "upr-2")


def test_a_table_without_a_column_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"upr\.csv: no column rights, session;"):
        read_upr(table(tmp_path, ("Text",), columns=("text",)), BOOK)
    path = tmp_path / "upr.csv"
    path.write_text("", "utf-8")
    with pytest.raises(RawFileError, match="no column rights, session, text"):
        read_upr(path, BOOK)


@pytest.mark.parametrize("session", ["", "third", "3.0", "-1", "²"])
def test_a_session_that_is_no_number_is_told_with_its_row(session: str, tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"upr\.csv, row 2: the session is no number") as told:
        read_upr(table(tmp_path, ("1", "Text", "work"), (session, "A secret", "work")), BOOK)
    assert "secret" not in str(told.value)


def test_a_row_that_is_cut_off_is_told(tmp_path: Path) -> None:
    [row] = read_upr(table(tmp_path, ("1", "Text")), BOOK)
    assert row.values == {"right": ()}
    with pytest.raises(RawFileError, match="row 1: the session is no number"):
        read_upr(table(tmp_path, ("", "Text"), columns=("session", "text", "rights")), BOOK)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00\x00", b"session,text,rights\n1,\xff\xff,work\n", b"session,text,rights\n" + b"9" * 5000 + b",a,work\n"]
)
def test_what_is_no_such_table_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "upr.csv"
    path.write_bytes(content)
    with pytest.raises(RawFileError, match=r"upr\.csv: cannot be read as a table of recommendations"):
        read_upr(path, BOOK)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"upr\.csv: cannot be read .* \(FileNotFoundError\)"):
        read_upr(tmp_path / "upr.csv", BOOK)


def test_a_codebook_without_these_rights_cannot_use_recommendations(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"which lacks right:arrest, .*; leave out --upr"):
        read_upr(table(tmp_path, ("1", "Text", "work")), tiny_codebook())


def test_figures_are_those_of_the_rights_that_were_asked(tmp_path: Path) -> None:
    rows = read_upr(table(tmp_path, ("11", "a", "work"), ("11", "b", "work|torture"), ("12", "c", "health"), ("13", "d", "")), BOOK)
    right = LAYOUT["right"]
    scores = np.full((4, LAYOUT.width), -1.0, np.float32)

    def say(row: int, code: str) -> None:
        scores[row, right.start + right.codes.index(code)] = 1.0

    for row, code in ((0, "work"), (1, "work"), (2, "health"), (3, "health"), (3, "privacy")):
        say(row, code)
    figures = upr_figures(rows, scores, LAYOUT)
    # work 2 of 2, health 1 of 2 said, torture missed; privacy was not asked for
    assert figures["micro-F1"] == pytest.approx(2 * 3 / (4 + 4))
    assert figures["macro-F1"] == pytest.approx((1 + 2 / 3) / len(ASKED))
    assert figures["recommendations"] == 4
