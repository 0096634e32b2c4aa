from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store import Decisions, Filters, Paths, Reader
from tests.meant import BANK_HELPED, DROPPED, KOREAN_SUIT, PROCESSED, RIVER, SUED, Sentence, build_meant
from tests.synthetic import answer_id

pytestmark = pytest.mark.disk


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_meant(tmp_path_factory.mktemp("meant") / "data")


@pytest.fixture(scope="module")
def reader(meant: Paths) -> Iterator[Reader]:
    with closing(Reader.open(meant)) as reader:
        yield reader


def quote(reader: Reader, sentence: Sentence, country: str = "BRA") -> str:
    return next(row["quote"] for row in reader.quotes(Filters(countries=(country,))).to_pylist() if row["text"] == sentence.text)


def test_similar_quotes_are_in_all_languages_and_one_of_each_answer(reader: Reader) -> None:
    near = reader.similar(quote(reader, SUED))
    said = [each.quote["text"] for each in near]
    assert {PROCESSED.text, KOREAN_SUIT.text} & set(said)
    assert SUED.text not in said, "the same words in another answer tell nothing new"
    assert RIVER.text not in said, "its own answer stands there already"
    assert len({each.quote["answer"] for each in near}) == len(near)
    closeness = [each.closeness for each in near]
    assert closeness == sorted(closeness, key=lambda value: -(value or 0))


def test_versions_of_an_answer_are_no_similar_quotes_but_translations(reader: Reader) -> None:
    portuguese = quote(reader, PROCESSED)
    (english,) = reader.versions(portuguese)
    assert (english.quote["language"], english.quote["text"]) == ("en", "The mining company took its critics to court.")
    assert english.quote["text"] not in [each.quote["text"] for each in reader.similar(portuguese)]
    assert reader.versions(quote(reader, SUED)) == []


def test_similar_quotes_of_some_surveys_alone(reader: Reader) -> None:
    near = reader.similar(quote(reader, SUED), Filters(surveys=("summaries",)))
    assert near
    assert {each.quote["survey"] for each in near} == {"summaries"}
    assert len(reader.similar(quote(reader, SUED), count=1)) == 1


def test_the_opposite_shares_most_and_says_the_other_effect(reader: Reader) -> None:
    found = reader.opposite(quote(reader, SUED))
    first = found[0]
    assert (first.quote["text"], first.shares, first.facet, first.code) == (
        DROPPED.text,
        ("actor", "right", "country"),
        "effect",
        "improves",
    )
    assert all(each.code == "improves" and each.shares for each in found)
    shared = [len(each.shares) for each in found]
    assert shared == sorted(shared, reverse=True)


def test_opposites_are_mutual(reader: Reader) -> None:
    against = [each.quote["text"] for each in reader.opposite(quote(reader, BANK_HELPED, "KEN"), count=20)]
    assert RIVER.text in against
    assert BANK_HELPED.text in [each.quote["text"] for each in reader.opposite(quote(reader, RIVER), count=20)]


def test_what_is_not_there_has_nothing_beside_it(reader: Reader) -> None:
    for unknown in ("", "nothing", "'; DROP TABLE quotes; --"):
        assert (reader.similar(unknown), reader.opposite(unknown), reader.versions(unknown)) == ([], [], [])


def test_what_is_withdrawn_stands_beside_nothing(tmp_path: Path) -> None:
    paths = build_meant(tmp_path / "data")
    with closing(Reader.open(paths)) as reader:
        sued, dropped = quote(reader, SUED), quote(reader, DROPPED)
        assert dropped in [each.quote["quote"] for each in reader.opposite(sued)]
        Decisions(paths).record("withdrawal", answer_id("reports", "2"), "withdrawn", "tests")
        assert dropped not in [each.quote["quote"] for each in (*reader.opposite(sued), *reader.similar(sued))]
        assert (reader.similar(dropped), reader.opposite(dropped)) == ([], [])
