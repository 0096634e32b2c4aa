"""Passages that fall into groups, made without any model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.clustering import Draw
from models.tables import TOPICABLE
from models.topic_spec import TopicSpec, topic_spec


def blobs(groups: int, each: int, *, dimensions: int = 12, spread: float = 0.1, seed: int = 1) -> NDArray[np.float32]:
    """Unit rows around the first axes, one group after the other."""
    centres = np.repeat(np.eye(dimensions)[:groups], each, axis=0)
    noisy = centres + np.random.default_rng(seed).normal(scale=spread, size=centres.shape)
    return np.asarray(noisy / np.linalg.norm(noisy, axis=1, keepdims=True), dtype=np.float32)


def passages(vectors: NDArray[np.float32], languages: list[str] | None = None, counted: list[bool] | None = None) -> pa.Table:
    count = len(vectors)
    return pa.table(
        {
            "passage": [f"p{i:05d}" for i in range(count)],
            "answer": [f"a{i:05d}" for i in range(count)],
            "unit": [f"a{i:05d}" for i in range(count)],
            "text": ["Wages were low."] * count,
            "language": languages or ["en"] * count,
            "counted": [True] * count if counted is None else counted,
            "vector": list(vectors),
        },
        schema=TOPICABLE,
    )


def small_spec(**parts: dict[str, Any]) -> TopicSpec:
    """The shipped specification, for tens of passages."""
    values = topic_spec().model_dump()
    values["small"]["below"] = 30
    values["consensus"] |= {"seeds": 3, "resamples": 3}
    for part, settings in parts.items():
        values[part] |= settings
    return TopicSpec.model_validate(values)


def by_axis(draw: Draw) -> NDArray[np.int64]:
    """A run that needs no model: each row belongs to its largest axis, and one row in ten, drawn by the seed, to none."""
    labels = draw.vectors.argmax(axis=1)
    labels[np.random.default_rng(draw.seed).random(len(labels)) < 0.1] = -1
    return np.asarray(labels, dtype=np.int64)
