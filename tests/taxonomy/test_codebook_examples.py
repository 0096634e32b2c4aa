"""Examples that cannot all be kept are found at their line, with what to do about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from taxonomy.codebook import Codebook

Load = Callable[[str], Codebook]
Faults = Callable[[str], tuple[str, ...]]

RULE = "  - {id: r1, text: Read first.}\n"
RELEVANCE = """\
  - id: relevance
    name: {en: Relevance}
    definition: Whether.
    values: one
    applies_to: all
    codes:
      - {id: influence, name: {en: I}, definition: I., use_when: I., examples: [{text: A bank rules., language: en, holds: true}]}
      - {id: off_topic, name: {en: O}, definition: O., use_when: O.}
"""


def ruled(small: str, *examples: str) -> str:
    """Return the small codebook with a one-valued facet, and with examples of its rule."""
    assert RULE in small
    listed = "".join(f"      - {{language: en, {example}}}\n" for example in examples)
    return small.replace(RULE, f"  - id: r1\n    text: Read first.\n    examples:\n{listed}") + RELEVANCE


def test_a_rules_examples_are_read_as_written(load: Load, small: str) -> None:
    text = ruled(small, "country: KEN, text: Equity lends., expects: [actor:bank], refuses: [actor:insurer, 'relevance:*']")
    (example,) = load(text).rules[0].examples
    assert (example.text, example.language, example.country) == ("Equity lends.", "en", "KEN")
    assert (example.expects, example.refuses) == (("actor:bank",), ("actor:insurer", "relevance:*"))


def test_a_rule_may_have_no_example_and_its_hash_stays(load: Load, small: str) -> None:
    assert load(small).rules[0].examples == ()
    assert load(small.replace("text: Read first.}", "text: Read first., examples: []}")).hash == load(small).hash


FAULTS = {
    "unknown facet": ("text: X lends., expects: [actr:bank]", "expects actr:bank, but there is no facet 'actr'; is 'actor' meant?"),
    "unknown code": ("text: X lends., expects: [actor:banc]", "the facet actor has no code 'banc'; is 'bank' meant?"),
    "unknown code, none near": ("text: X lends., refuses: [actor:zoo]", "the facet actor has no code 'zoo'; there are bank, insurer"),
    "any code wanted": ("text: X lends., expects: ['actor:*']", "the facet actor has no code '*'"),
    "no reference": ("text: X lends., expects: [bank]", "expects must be facet:code, such as actor:bank"),
    "nothing said": ("text: X lends.", "example 1 of r1 neither expects nor refuses a code; say which"),
    "said twice": ("text: X lends., expects: [actor:bank, actor:bank]", "example 1 of r1 expects actor:bank twice; remove one"),
    "wanted and refused": (
        "text: X lends., expects: [actor:bank], refuses: [actor:bank]",
        "example 1 of r1 refuses actor:bank, but also expects actor:bank; take one of the two out",
    ),
    "wanted, and the whole facet refused": ("text: X lends., expects: [actor:bank], refuses: ['actor:*']", "refuses actor:*, but also"),
    "two values of one": ("text: X lends., expects: [relevance:influence, relevance:off_topic]", "but also expects relevance:influence"),
    "against a code's example": (
        "text: a BANK lent money, refuses: [actor:bank]",
        "example 1 of r1 refuses actor:bank, but example 1 of actor:bank, of the same text, expects actor:bank; change one of the two",
    ),
    "against a code's counter-example": ("text: He sat on the bank., expects: [actor:bank]", "example 2 of actor:bank, of the same text"),
    "another value than a code's example": ("text: A bank rules., expects: [relevance:off_topic]", "example 1 of relevance:influence"),
    "no country": ("country: KENYA, text: X lends., expects: [actor:bank]", "country must be the three capital letters"),
    "unknown country": ("country: QQQ, text: X lends., expects: [actor:bank]", "asks about 'QQQ', which is no country"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_of_a_rules_example_is_found_at_its_line(faults: Faults, small: str, case: str) -> None:
    example, message = FAULTS[case]
    text = ruled(small, example)
    (found,) = faults(text)
    line = text.splitlines().index(f"      - {{language: en, {example}}}") + 1
    assert found.startswith(f"line {line}: ")
    assert message in found


def test_an_example_of_a_rule_in_another_language(faults: Faults, small: str) -> None:
    (found,) = faults(ruled(small, "text: X lends., expects: [actor:bank]").replace("{language: en, text: X", "{language: pt, text: X"))
    assert "example 1 of r1 is in 'pt', which is not in languages" in found


def test_two_examples_of_one_rule_must_agree(faults: Faults, small: str) -> None:
    (found,) = faults(ruled(small, "text: X lends., expects: [actor:bank]", "text: x lends, refuses: ['actor:*']"))
    assert "example 2 of r1 refuses actor:*, but example 1 of r1, of the same text, expects actor:bank" in found


def test_the_same_words_may_be_of_two_countries(load: Load, small: str) -> None:
    text = ruled(small, "country: KEN, text: X lends., expects: [actor:bank]", "country: BRA, text: X lends., refuses: [actor:bank]")
    assert len(load(text).rules[0].examples) == 2


def test_two_codes_of_a_one_valued_facet_cannot_hold_for_one_text(faults: Faults, small: str) -> None:
    second = "use_when: O., examples: [{text: A bank rules, language: en, holds: true}]}"
    (found,) = faults(ruled(small, "text: X., expects: [actor:bank]").replace("use_when: O.}", second))
    assert "example 1 of relevance:off_topic expects relevance:off_topic, but example 1 of relevance:influence" in found


def test_examples_of_a_wrong_type_hide_no_other_fault(faults: Faults, small: str) -> None:
    found = faults(ruled(small, "text: 3, expects: actor:bank", "text: X lends., expects: [actor:banc]"))
    assert any("expects must be a list" in fault for fault in found)
    assert any("no code 'banc'" in fault for fault in found)
