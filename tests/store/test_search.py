from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.search import MAX_WORDS, SearchIndex, build_search, match_expression, matched_spans
from taxonomy.errors import StoreError

TEXTS = (
    "Foreign banks lobbied against the labour law.",
    "A bank advised AUSTERITY in the région; banking reform followed.",
    "다국적기업이 국제인권법을 무시했다.",
    "인권 침해를 묵인한 은행.",
    "L'eau de l'usine était polluée \N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH LATIN CAPITAL LETTER B}.",
    "n/a",
    "Cafe\u0301 owners \U0001f642 and the state-owned enterprise 2024",
    "東京電力は労働者を解雇した",
)


def test_nobody_said_what_stands_for_a_mask(tmp_path: Path) -> None:
    text = "A person told [person] in [place]."
    build_search(tmp_path / "search.sqlite", enumerate([text, "[person] left."]))
    with closing(SearchIndex(tmp_path / "search.sqlite")) as index:
        assert [list(index.rows(word)) for word in ("person", "place", "left")] == [[0], [], [1]]
    assert matched_spans(text, "person") == [(2, 8)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    place = tmp_path_factory.mktemp("search folder #1 %41?") / "search.sqlite"
    build_search(place, enumerate(TEXTS))
    with closing(SearchIndex(place)) as index:
        yield index


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("bank", [0, 1]),
        ("banks", [0]),
        ("BANK austerity", [1]),
        ("lob lab", [0]),
        ("region", [1]),
        ("RÉGION", [1]),
        ("cafe", [6]),
        ("café", [6]),
        ("polluee", [4]),
        ("l'eau", [4]),
        ("ab", [4]),
        ("state-owned", [6]),
        ("2024", [6]),
        ("n/a", [5]),
        ("obbied", []),
        ("기업", [2]),
        ("인권", [2, 3]),
        ("인권법", [2]),
        ("국제 무시", [2]),
        ("권 은행", []),
        ("은", [3]),
        ("인권을", []),
        ("労働", [7]),
        ("電力 解雇", [7]),
    ],
)
def test_words_are_found_by_their_beginning_and_korean_by_any_part(index: SearchIndex, query: str, rows: list[int]) -> None:
    assert index.rows(query).tolist() == rows
    assert [row for row, sign in enumerate(index.mask(query)) if sign == "1"] == rows


def test_korean_typed_as_single_letters_is_the_same_word(index: SearchIndex) -> None:
    assert index.rows(unicodedata.normalize("NFD", "인권")).tolist() == [2, 3]


@pytest.mark.parametrize(
    "query",
    [
        "\N{SLIGHTLY SMILING FACE}",
        '"',
        "()",
        "* : ^ - +",
        "__",
        "\0",
        "\ud800",
        "NEAR(bank, 2) OR",
        '") OR 1=1; DROP TABLE quotes; --',
        "words : bank",
        "{pairs} : x",
        "lank*" * 5_000,
        "a" * 10_000,
        "은" * 10_000,
        " ".join(str(number) for number in range(5_000)),
    ],
)
def test_nothing_in_a_query_is_an_operator(index: SearchIndex, query: str) -> None:
    assert index.rows(query).tolist() == []
    assert index.fits(query)[0].tolist() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\"'()*^:-+{} ORANDNEAR인권")), max_size=60))
def test_any_query_is_answered(index: SearchIndex, query: str) -> None:
    assert set(index.rows(query).tolist()) <= set(range(len(TEXTS)))
    for text in TEXTS:
        assert all(0 <= start < end <= len(text) for start, end in matched_spans(text, query))


def test_a_pasted_page_is_cut_to_its_first_words() -> None:
    expression = match_expression(" ".join(f"w{number}" for number in range(1_000)))
    assert expression is not None
    assert expression.count(" AND ") == MAX_WORDS - 1


def test_the_index_keeps_no_text_and_cannot_be_written(index: SearchIndex) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._connection.execute("INSERT INTO quotes (rowid, words, pairs) VALUES (99, 'x', 'x')")
    assert index._connection.execute("SELECT words, pairs FROM quotes WHERE rowid = 0").fetchall() == [(None, None)]


def test_threads_share_an_index(index: SearchIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(index.rows, ["bank", "banks"] * 20)
        assert [rows.tolist() for rows in found] == [[0, 1], [0]] * 20


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    build_search(tmp_path / "s.sqlite", [(0, "bank")])
    index = SearchIndex(tmp_path / "s.sqlite")
    index.close()
    index.close()
    with pytest.raises(StoreError, match="closed"):
        index.rows("bank")


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    build_search(tmp_path / "s.sqlite", [])
    with closing(SearchIndex(tmp_path / "s.sqlite")) as index:
        assert index.rows("bank").tolist() == []
        assert index.mask("bank") == ""


def fits(index: SearchIndex, query: str, **how: bool) -> list[int]:
    rows, fit = index.fits(query, **how)
    return [int(rows[at]) for at in np.argsort(-fit, kind="stable")]


def test_rare_words_and_short_texts_fit_best(index: SearchIndex) -> None:
    assert fits(index, "bank") == [1, 0]  # which has it twice
    assert fits(index, "인권") == [3, 2]
    assert fits(index, "bank austerity") == [1]
    assert fits(index, "bank austerity", any_word=True) == [1, 0]
    assert fits(index, "\N{SLIGHTLY SMILING FACE}") == []


def test_common_words_do_not_tell_what_a_question_is_about(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.telling("the bank") == "the bank"
    monkeypatch.setattr("store.search._COMMON_LEAST", 1)
    assert index.telling("the austerity, the region") == "austerity region"
    assert index.telling("the") == "the"
    assert index.telling("?!") == "?!"


def test_words_that_most_rows_have_rank_nothing(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.search.RANKED", 1)
    rows, fit = index.fits("bank")
    assert (rows.tolist(), fit.tolist()) == ([0, 1], [0.0, 0.0])


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        (TEXTS[0], "bank LAW", ["banks", "law"]),
        (TEXTS[1], "region reform", ["région", "reform"]),
        (TEXTS[2], "인권", ["인권"]),
        (TEXTS[2], "국제인 무시", ["국제인", "무시"]),
        (TEXTS[6], "café", ["Cafe\u0301"]),
        (TEXTS[4], "l'eau ab", ["L", "eau", "l", "\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH LATIN CAPITAL LETTER B}"]),
        (unicodedata.normalize("NFD", "한국의 인권법"), "인권", [unicodedata.normalize("NFD", "인권법")]),
        ("2024년에 은행이", "2024 은행", ["2024", "은행"]),
        ("oxbank bank-run", "bank", ["bank"]),
        ("aaa", '"*(', []),
        ("", "bank", []),
    ],
)
def test_the_words_that_were_found_are_marked(text: str, query: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in matched_spans(text, query)] == marked
