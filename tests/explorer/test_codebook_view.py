from __future__ import annotations

import pytest

from explorer import codebook_view
from explorer.codebook_view import Code
from explorer.library import Library


@pytest.fixture
def bank(library: Library) -> Code:
    found = codebook_view.code_named(library, "actor:bank")
    assert found is not None
    return found


def test_a_code_is_known_by_the_name_that_links_have(library: Library, bank: Code) -> None:
    assert bank.id == "actor:bank"
    assert codebook_view.code_named(library, "actor:nobody") is None
    assert codebook_view.code_named(library, "") is None


@pytest.mark.parametrize("words", ["bank insurer", "BANQUE", "은행", "Commercial institutions", "hipoteca"])
def test_a_code_is_found_by_name_definition_cue_and_example(library: Library, bank: Code, words: str) -> None:
    assert bank in codebook_view.found(library, words)


def test_names_come_before_definitions_and_nothing_finds_nothing(library: Library, bank: Code) -> None:
    assert codebook_view.found(library, "bank")[0] == bank
    assert codebook_view.found(library, "  ") == ()
    assert codebook_view.found(library, "[](javascript:x) 🙂") == ()


def test_codes_are_rows_with_their_counts_and_few_are_withheld(library: Library) -> None:
    facet = library.names.codebook.facet("effect")
    rows = codebook_view.code_rows(library, tuple(Code(facet, code) for code in facet.codes))
    assert [row["id"] for row in rows] == [f"effect:{code.id}" for code in facet.codes]
    counts = library.facet_counts(codebook_view.Filters()).get("effect", {})
    told = {row["id"].split(":")[1]: row["figures"][0]["text"] for row in rows}
    assert told["mixed"] == "0"
    assert {id: told[id] for id in counts} == {id: "<5" if count is None else f"{count:,}" for id, count in counts.items()}
    assert "<5" in told.values()


def test_what_the_codebook_says_of_a_code_is_told(library: Library, bank: Code) -> None:
    meaning = dict(codebook_view.meaning(library, bank))
    assert meaning["Definition"] == bank.definition.definition
    assert meaning["Under"] == "Finance and advice"
    assert meaning["Facet"].endswith("Asked of passages that tell of an influence, which get any number of codes.")
    assert dict(codebook_view.in_languages(bank))["Français"] == bank.definition.name["fr"]
    holds = [row["Code holds"] for row in codebook_view.examples(library, bank)]
    assert holds == sorted(holds, reverse=True)
    assert {"yes", "no"} == set(holds)


def test_rules_that_touch_a_code_are_told_with_what_comes_out(library: Library, bank: Code) -> None:
    rules = codebook_view.rules(library, bank)
    assert rules
    assert any(
        bank.definition.label("en") in row["Comes out"] + row["Does not"]
        for rule in rules
        for row in codebook_view.rule_examples(library, rule)
    )
    assert {row["Language"] for row in codebook_view.cues(bank, library)} >= {"English", "Korean"}
