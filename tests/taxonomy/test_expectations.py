"""What the examples ask for, text by text and facet by facet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from taxonomy.codebook import Codebook
from taxonomy.expectations import Expectation, expectations

Load = Callable[[str], Codebook]

ASKED = Expectation("r1#1", "actor", "X.", "en", None, ("bank",), ("insurer",))


def test_codes_and_rules_say_what_is_expected_in_each_facet(load: Load, small: str) -> None:
    example = "{language: ko, country: KOR, text: X., expects: [actor:bank], refuses: [actor:insurer]}"
    found = expectations(load(small.replace("Read first.}", f"Read first., examples: [{example}]}}")))
    assert [(each.id, each.expects, each.refuses) for each in found] == [
        ("actor:bank#1", ("bank",), ()),
        ("actor:bank#2", (), ("bank",)),
        ("r1#1", ("bank",), ("insurer",)),
    ]
    assert (found[2].facet, found[2].text, found[2].language, found[2].country) == ("actor", "X.", "ko", "KOR")


@pytest.mark.parametrize(
    ("codes", "kept"), [(["bank"], True), (["bank", "fund"], True), ([], False), (["bank", "insurer"], False), (["insurer"], False)]
)
def test_what_comes_out_keeps_it_or_not(codes: list[str], kept: bool) -> None:
    assert ASKED.kept_by(codes) is kept


def test_a_star_refuses_every_code() -> None:
    nothing = replace(ASKED, expects=(), refuses=("*",))
    assert nothing.kept_by([])
    assert not nothing.kept_by(["fund"])


def test_it_can_be_read() -> None:
    assert str(ASKED) == "bank, not insurer"
    assert str(replace(ASKED, expects=(), refuses=("*",))) == "nothing"
