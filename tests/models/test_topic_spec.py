from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from models.topic_spec import TopicSpec, topic_spec


def changed(**parts: dict[str, Any]) -> TopicSpec:
    values = topic_spec().model_dump()
    for part, settings in parts.items():
        values[part] |= settings
    return TopicSpec.model_validate(values)


def test_what_ships_is_valid_and_read_once() -> None:
    assert topic_spec() is topic_spec()
    assert topic_spec().consensus.seeds >= 10
    assert topic_spec().consensus.resamples >= 10


def test_the_stamp_names_the_version_and_every_value() -> None:
    spec = topic_spec()
    assert spec.stamp.startswith(f"{spec.version}+")
    assert changed().stamp == spec.stamp
    assert changed(members={"weak_from": 0.31}).stamp != spec.stamp
    assert changed(drift={"least_new": 31}).stamp != spec.stamp


@pytest.mark.parametrize(("passages", "smallest"), [(0, 5), (250, 5), (400, 5), (2_500, 12), (6_000, 19)])
def test_the_smallest_topic_grows_with_the_root_of_the_passages(passages: int, smallest: int) -> None:
    assert topic_spec().clusters.smallest(passages) == smallest


def test_enough_passages_for_a_consensus_are_enough_for_its_neighbourhoods() -> None:
    spec = topic_spec()
    assert 0.5 * spec.small.below > max(spec.layout.neighbours, spec.consensus.resample_neighbours)
    assert spec.small.least < spec.small.below
    assert spec.members.weak_from <= spec.members.placed_from


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        ("layout", {"neighbours": 1}),
        ("layout", {"epochs": 0}),
        ("layout", {"colour": "red"}),
        ("consensus", {"agreement": 1.0}),
        ("consensus", {"seeds": 0}),
        ("consensus", {"seeds": 501}),
        ("small", {"least": 2}),
        ("members", {"weak_from": 0.0}),
    ],
)
def test_values_that_mean_nothing_are_refused(part: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings))):
        changed(**{part: settings})


def test_seeds_that_cannot_be_multiplied_are_refused() -> None:
    values = topic_spec().model_dump() | {"seed": 5_000_000}
    with pytest.raises(ValidationError, match="seed"):
        TopicSpec.model_validate(values)
