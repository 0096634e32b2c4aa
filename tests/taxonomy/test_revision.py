"""What changed between two codebooks, and what that asks of the version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from taxonomy.codebook import Codebook
from taxonomy.revision import Revision, compare

Load = Callable[[str], Codebook]
Compare = Callable[..., Revision]

NEW_CODE = """\
      - id: fund
        name: {en: Fund}
        definition: Funds.
        use_when: A fund is named.
"""


@pytest.fixture
def changed(load: Load, small: str) -> Compare:
    """Compare the small codebook with what it is after some replacements."""

    def of(*replacements: tuple[str, str], version: str = "1.2.3", after: str = "") -> Revision:
        text = small.replace("version: 1.2.3", f"version: {version}") + after
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        return compare(load(small), load(text))

    return of


def told(revision: Revision) -> list[tuple[str, str, str, int]]:
    return [(change.kind, change.where, change.what, change.asks) for change in revision.changes]


def test_nothing_changed(changed: Compare) -> None:
    assert told(changed()) == []
    assert changed().warnings() == []


CASES = {
    "title": (("title: Small", "title: Smaller"), ("changed", "codebook", "title: Smaller", 3)),
    "facet's reach": (("applies_to: influence", "applies_to: all"), ("changed", "actor", "applies_to: influence → all", 1)),
    "facet's values": (("values: many", "values: one"), ("changed", "actor", "values: many → one", 1)),
    "facet's definition": (("Who acts.", "Who does it."), ("changed", "actor", "definition", 3)),
    "facet's name": (("{en: Actor, ko: 행위자}", "{en: Agent}"), ("changed", "actor", "name", 3)),
    "definition": (("Banks.", "Lenders."), ("changed", "actor:bank", "definition", 3)),
    "use": (("A bank is named.", "A bank acts."), ("changed", "actor:bank", "use_when", 3)),
    "name of a code": (("{en: Insurer}", "{en: Insurance}"), ("changed", "actor:insurer", "name", 3)),
    "name of a group": (("{en: Finance}", "{en: Money}"), ("changed", "actor:finance", "name of the group", 3)),
    "parent": (("        parent: finance\n", ""), ("changed", "actor:bank", "parent: finance → none", 1)),
    "rule": (("Read first.", "Read twice."), ("changed", "r1", "text", 3)),
    "rule gone": (("  - {id: r1, text: Read first.}\n", "  []\n"), ("removed", "r1", "rule", 1)),
    "rule come": (("Read first.}\n", "Read first.}\n  - {id: r2, text: Read on.}\n"), ("added", "r2", "rule", 2)),
    "cues": (("strong: [bank], weak: [lender]", "strong: [bank, banks]"), ("changed", "actor:bank", "cues: en +1 strong −1 weak", 3)),
    "cues gone": (("          ko: {strong: [은행]}\n", ""), ("changed", "actor:bank", "cues: ko −1 strong", 3)),
    "example": (("A bank lent money.", "A bank lent."), ("changed", "actor:bank", "examples: +1 −1", 3)),
    "example turned": (("holds: false", "holds: true"), ("changed", "actor:bank", "1 of its examples decided otherwise", 1)),
    "renamed": (("id: insurer", "id: insurance"), ("renamed", "actor:insurance", "code insurer → insurance", 1)),
    "cues that stop cues": (("not: [river bank]", "not: [river bank, bank of sand]"), ("changed", "actor:bank", "cues: en +1 not", 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_one_change_is_told_with_the_number_it_asks_for(changed: Compare, case: str) -> None:
    replacement, expected = CASES[case]
    assert told(changed(replacement)) == [expected]


def test_a_code_that_comes_and_one_that_goes(load: Load, small: str) -> None:
    larger = small + NEW_CODE
    assert told(compare(load(small), load(larger))) == [("added", "actor:fund", "code", 2)]
    assert told(compare(load(larger), load(small))) == [("removed", "actor:fund", "code", 1)]


def test_a_renamed_code_is_followed_and_its_other_changes_are_told(changed: Compare) -> None:
    revision = changed(("id: insurer", "id: insurance"), ("An insurer is named.", "An insurer acts."))
    assert revision.renamed == {("actor", "insurer"): "insurance"}
    assert told(revision)[1] == ("changed", "actor:insurance", "use_when", 3)


def test_facets_and_languages_come_and_go(load: Load, small: str) -> None:
    other = small.replace("languages: [en, ko]", "languages: [en, ko, fr]").replace("- id: actor", "- id: agent")
    found = told(compare(load(small), load(other)))
    assert found == [
        ("added", "codebook", "language fr", 2),
        ("removed", "actor", "facet with 2 codes", 1),
        ("added", "agent", "facet with 2 codes", 2),
    ]
    assert ("removed", "codebook", "language fr", 1) in told(compare(load(other), load(small)))


def test_an_order_that_changes_is_a_change(load: Load, small: str) -> None:
    two = small.replace("weak: [lender]", "weak: [lender, loan]")
    assert told(compare(load(two), load(two.replace("[lender, loan]", "[loan, lender]")))) == [
        ("changed", "codebook", "order of its parts", 3)
    ]
    head, tail = (small + NEW_CODE).split("      - id: insurer")
    insurer, fund = ("      - id: insurer" + tail).split("      - id: fund")
    assert told(compare(load(small + NEW_CODE), load(f"{head}      - id: fund{fund}{insurer}"))) == [
        ("changed", "actor", "order of the codes", 3)
    ]


@pytest.mark.parametrize(
    ("replacement", "version", "warning"),
    [
        (("[lender]", "[loan]"), "1.2.3", "the version is still 1.2.3; the changes ask for its third number: 1.2.4 (actor:bank)"),
        (("[lender]", "[loan]"), "1.2.4", None),
        (("[lender]", "[loan]"), "2.0.0", None),
        (
            ("values: many", "values: one"),
            "1.3.0",
            "was raised from 1.2.3 to 1.3.0 only; the changes ask for its first number: 2.0.0 (actor)",
        ),
        (("Banks.", "Lenders."), "1.2.4", "if any of actor:bank is now decided otherwise, and not only told better, the version is 2.0.0"),
        (("Banks.", "Lenders."), "2.0.0", None),
        (("Banks.", "Banks."), "1.2.4", "the version was raised from 1.2.3 to 1.2.4, but nothing changed"),
        (("[lender]", "[loan]"), "1.1.9", "the version goes back from 1.2.3 to 1.1.9; is the older codebook named first?"),
    ],
)
def test_the_version_is_held_against_what_changed(
    changed: Compare, replacement: tuple[str, str], version: str, warning: str | None
) -> None:
    warnings = changed(replacement, version=version).warnings()
    assert len(warnings) == (warning is not None)
    assert warning is None or warning in warnings[0]


def test_a_long_list_of_reasons_is_cut_short(changed: Compare) -> None:
    many = "".join(NEW_CODE.replace("fund", f"fund{number}") for number in range(5))
    (warning,) = changed(after=many).warnings()
    assert warning.endswith("1.3.0 (actor:fund0, actor:fund1, actor:fund2 and 2 more)")
