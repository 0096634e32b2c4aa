"""A protected survey with enough people in it for tables: who speaks of what, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.synthetic import BANK, CLINIC, Response, Sentence

PLAIN = Sentence("Nobody says what companies do.", ("relevance:off_topic",))
DOUBTED = replace(BANK, text="Banks, perhaps, lobbied.", codes=tuple(f"{code}?" if code == "actor:bank" else code for code in BANK.codes))

#: Brazil: 20 name banks, 12 nobody; Peru: 3 name banks, 20 nobody; Korea: 15 name a company that helps.
GROUPS: Sequence[tuple[str, int, Sentence]] = (
    ("BRA", 20, BANK), ("BRA", 12, PLAIN), ("PER", 3, BANK), ("PER", 20, PLAIN),
    ("KOR", 15, CLINIC), ("KOR", 1, DOUBTED), ("KOR", 10, PLAIN),
)  # fmt: skip


def crowd() -> list[Response]:
    """Return an answer of each of them."""
    people = [(country, sentence) for country, many, sentence in GROUPS for _ in range(many)]
    return [
        Response(str(number), (sentence,), country=country, respondent=f"person {number}")
        for number, (country, sentence) in enumerate(people)
    ]
