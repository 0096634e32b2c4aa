from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.labels import Labels, read_labels
from taxonomy.errors import RawFileError
from tests.models.tiny_codebook import tiny_codebook

BOOK = tiny_codebook()
GOOD: dict[str, Any] = {"id": "a", "text": "Banks lobbied.", "lang": "en", "country": "BRA", "source": "reports", "relevance": "influence"}


def read(folder: Path, *lines: dict[str, Any] | str, name: str = "gold.jsonl") -> Labels:
    path = folder / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", "utf-8")
    return read_labels([path], BOOK)


def told(labels: Labels) -> list[str]:
    return [str(fault) for fault in labels.faults]


def test_a_line_becomes_a_labelled_passage(tmp_path: Path) -> None:
    more = {"actor": ["ifi", "bank"], "origin": [], "people_at_risk": [19], "mode": "passive", "right": None}
    (row,) = read(tmp_path, GOOD | more | {"family": "f", "translation_of": "b", "holdout": True, "licence": "R", "note": 1}).rows
    assert (row.id, row.passage.text, row.passage.language, row.passage.country) == ("a", "Banks lobbied.", "en", "BRA")
    assert row.values == {
        "relevance": ("influence",), "actor": ("bank", "ifi"), "origin": (), "mode": ("passive",), "people_at_risk": ("19",),
    }  # fmt: skip
    assert (row.source, row.family, row.original, row.holdout) == ("reports", "f", "b", True)


@pytest.mark.parametrize(
    ("left_out", "family"), [((), "reports BRA"), (("country",), "reports"), (("source",), "BRA"), (("source", "country"), "a")]
)
def test_a_family_falls_back_to_source_and_country(left_out: tuple[str, ...], family: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, {key: value for key, value in GOOD.items() if key not in left_out}).rows
    assert row.family == family


def test_every_fault_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    labels = read(
        tmp_path,
        GOOD,
        "{not json",
        '["a list"]',
        {key: value for key, value in GOOD.items() if key != "id"},
        GOOD | {"text": "Something else."},
        {"id": "c", "relevance": "influence"},
        GOOD | {"id": "d", "text": " "},
        GOOD | {"id": "e", "actor": ["corporatoin", "bank"]},
        GOOD | {"id": "f", "actor": "bank", "mode": ["active"]},
        GOOD | {"id": "g", "lang": "xx"},
        {"id": "h", "text": "Alone.", "lang": "en"},
        GOOD | {"id": "i", "text": 5.5},
        GOOD | {"id": "j", "holdout": "yes"},
        GOOD | {"id": "k", "text": "The last one."},
    )
    assert [row.id for row in labels.rows] == ["a", "k"]
    assert labels.faults == labels.lost
    assert told(labels) == [
        "gold.jsonl, line 2: the line is not JSON (at character 2); JSON Lines has one object a line",
        "gold.jsonl, line 3: the line is not a JSON object; write {…} with a key for each field",
        "gold.jsonl, line 4: id is missing; give every passage an id of its own",
        "gold.jsonl, line 5 (a): the id is that of gold.jsonl, line 1; give every passage an id of its own",
        "gold.jsonl, line 6 (c): text is missing; a passage without text cannot be coded",
        "gold.jsonl, line 7 (d): text is missing; a passage without text cannot be coded",
        'gold.jsonl, line 8 (e): actor has no code “corporatoin”; did you mean "corporation"?',
        "gold.jsonl, line 9 (f): actor takes many codes: write a list, [] where none applies",
        "gold.jsonl, line 9 (f): mode takes one code, without brackets",
        "gold.jsonl, line 10 (g): lang “xx” is no language that is known; give a code such as en, or leave it out",
        "gold.jsonl, line 11 (h): no facet of the codebook is in it (such as relevance); there is nothing to compare",
        "gold.jsonl, line 12 (i): text must be text, in quotes",
        "gold.jsonl, line 13 (j): holdout must be true or false",
    ]


def test_a_contradiction_is_told_with_both_ids_and_both_values(tmp_path: Path) -> None:
    labels = read(
        tmp_path,
        GOOD | {"actor": ["bank"], "mode": "active"},
        GOOD | {"id": "b", "text": "BANKS  lobbied!", "actor": ["ifi", "bank"], "mode": "active"},
        GOOD | {"id": "c", "country": "KOR", "actor": []},
        GOOD | {"id": "d", "actor": ["bank"]},
    )
    assert [row.id for row in labels.rows] == ["a", "b", "c", "d"]
    fault, other = labels.faults
    assert fault.kept
    assert str(other).startswith("gold.jsonl, line 4 (d): contradicts b (gold.jsonl, line 2)")
    assert str(fault) == (
        "gold.jsonl, line 2 (b): contradicts a (gold.jsonl, line 1), which has the same text: actor bank there, bank + ifi here. "
        "Both are kept; settle which is right"
    )


def test_a_further_language_is_kept_and_marked(tmp_path: Path) -> None:
    labels = read(tmp_path, GOOD | {"lang": "de", "text": "Banken."}, GOOD | {"id": "b"})
    assert (len(labels.rows), labels.beyond, labels.lost) == (2, ("a",), ())
    assert "the language de is none of the codebook's (en)" in told(labels)[0]


@pytest.mark.parametrize("source", ["reports: page 3", "reports (2023)", "reports, page 7; checked"])
def test_the_page_of_a_source_makes_no_family_of_its_own(source: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, GOOD | {"source": source}).rows
    assert (row.source, row.family) == (source, "reports BRA")


def test_without_a_language_the_text_tells_it(tmp_path: Path) -> None:
    (row,) = read(tmp_path, {key: value for key, value in GOOD.items() if key != "lang"}).rows
    assert row.passage.language == "en"


def test_a_country_that_is_not_known_and_a_misspelt_key_are_told_and_kept(tmp_path: Path) -> None:
    labels = read(tmp_path, GOOD | {"country": "Atlantis", "mechanisms": ["lobbying"]}, GOOD | {"id": "b", "text": "B", "mechanisms": []})
    assert len(labels.rows) == 2
    assert labels.lost == ()
    assert told(labels) == [
        'gold.jsonl, line 1 (a): “mechanisms” is not read; did you mean "mechanism"?',
        "gold.jsonl, line 1 (a): the country is not known; coded without it. Give an ISO 3166-1 code such as BRA",
    ]


def test_no_fault_repeats_what_may_be_an_answer(tmp_path: Path) -> None:
    secret = "My brother Joaquim was taken by the guards"
    labels = read(
        tmp_path, GOOD | {"id": secret, "actor": [secret], "lang": secret, "country": secret, secret: 1}, f'{{"text": "{secret}"', secret
    )
    assert labels.rows == ()
    assert "Joaquim" not in " ".join(told(labels))


def test_ids_are_told_apart_across_files(tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        (tmp_path / name).write_text(json.dumps(GOOD), "utf-8")
    labels = read_labels([tmp_path / "one.jsonl", tmp_path / "two.jsonl"], BOOK)
    assert len(labels.rows) == 1
    assert "the id is that of one.jsonl, line 1" in told(labels)[0]


def test_files_that_are_empty_or_odd(tmp_path: Path) -> None:
    assert told(read(tmp_path, "")) == ["gold.jsonl, line 1: the file is empty; export it again"]
    odd = read(
        tmp_path, "[" * 100_000, '{"id": ' + "9" * 5000 + "}", '{"id": "a", "text": "\\ud800 x", "lang": "en", "relevance": "influence"}'
    )
    assert [row.passage.text for row in odd.rows] == ["\N{REPLACEMENT CHARACTER} x"]
    assert len(odd.lost) == 2
    bytes_ = tmp_path / "latin.jsonl"
    bytes_.write_bytes(json.dumps(GOOD).encode() + b"\n" + b'{"text": "caf\xe9 \xc3\xa9 \xff"}\n')
    assert len(read_labels([bytes_], BOOK).rows) == 1


def test_a_file_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(RawFileError, match=r"none\.jsonl: the file cannot be opened"):
        read_labels([tmp_path / "none.jsonl"], BOOK)
