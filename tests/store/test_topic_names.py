from __future__ import annotations

import pyarrow as pa

from store.topic_words import beside_codes


def test_a_topic_without_words_is_told_apart_by_the_nearest_code() -> None:
    rows = [
        {"topic": "s.1", "name": "Topic 1", "nearest_code": "actor:bank"},
        {"topic": "s.2", "name": "banks, loans", "nearest_code": "actor:bank"},
        {"topic": "s.3", "name": "Topic 3", "nearest_code": None},
        {"topic": "s.4", "name": "Topic 4", "nearest_code": "no:code"},
    ]
    topics = pa.Table.from_pylist(rows)
    first, *others = beside_codes(topics)["name"].to_pylist()
    assert first.startswith("Topic 1 · near ")
    assert others == ["banks, loans", "Topic 3", "Topic 4"]
