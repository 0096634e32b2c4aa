"""What the benchmark of masking makes of its rounds."""

from __future__ import annotations

from benchmarks.masking import Cost, numbered, rows


def test_no_round_sees_the_texts_of_another() -> None:
    texts = [("Banks lobbied.", "en", "BRA"), ("Mines.", "en", None)]
    seen = [text for turn in range(3) for text, _, _ in numbered(texts, turn)]
    assert len(set(seen)) == 6
    assert numbered(texts, 2)[0] == ("2. Banks lobbied.", "en", "BRA")


def test_the_table_has_medians_and_the_range_of_the_share() -> None:
    table = list(rows({"a set": [Cost(1, 4, 6), Cost(2, 4, 6), Cost(6, 10, 10)]}))
    assert table == [
        ["set", "mask, ms", "embed, ms", "code, ms", "mask / models", "from", "to"],
        ["a set", "2.00", "4.00", "6.00", "0.200", "0.100", "0.300"],
    ]
