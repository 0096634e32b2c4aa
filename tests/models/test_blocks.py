from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from models.blocks import Architecture, read_weights, unpack
from taxonomy.errors import ModelError

#: A block whose first sixteen numbers rise from -8 to 7 and whose others fall from 7 to -8, at a scale of one half.
BLOCK = np.float16(0.5).tobytes() + bytes(low | (15 - low) << 4 for low in range(16))
NUMBERS = [0.5 * number for number in (*range(-8, 8), *range(7, -9, -1))]
PLAIN = np.array([1.5, -2.0, 0.25], np.float32)


def file_of(*tensors: tuple[str, int, bytes], pieces: int = 2, spelled: bytes = b"aabb", gap: int = 0) -> bytes:
    """Return a file: name, count of numbers and bytes of each tensor; ``gap`` bytes stand before the data."""
    head = b"E5S1" + struct.pack("<i", 1) + struct.pack("<7ifi", 64, 2, 4, 128, 10, 16, 1, 1e-5, 0)
    words = struct.pack("<5iQ", pieces, 0, 0, 0, 0, len(spelled)) + bytes(4 * (pieces + 1) + 4 * pieces) + spelled
    words += struct.pack("<iI", 0, 3) + b"map"
    length = len(head) + len(words) + 4 + sum(2 + len(name) + 21 for name, _, _ in tensors) + gap
    listed = struct.pack("<i", len(tensors))
    for name, count, data in tensors:
        listed += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, count, length, len(data))
        length += len(data)
    return head + words + listed + bytes(gap) + b"".join(data for _, _, data in tensors)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "weights.bin"
    path.write_bytes(data)
    return path


def test_a_block_is_a_scale_and_thirty_two_numbers() -> None:
    packed = np.frombuffer(BLOCK, np.uint8).reshape(1, 18)
    np.testing.assert_array_equal(unpack(packed), NUMBERS)


def test_rows_of_blocks_keep_their_shape() -> None:
    double = np.float16(2.0).tobytes() + bytes([0x8A]) * 16  # 2 in every low half, 0 in every high one
    packed = np.frombuffer(BLOCK + double + double + BLOCK, np.uint8).reshape(2, 2, 18)
    found = unpack(packed)
    assert found.shape == (2, 64)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[0], [*NUMBERS, *[4.0] * 16, *[0.0] * 16])
    np.testing.assert_array_equal(found[1], [*[4.0] * 16, *[0.0] * 16, *NUMBERS])


@pytest.mark.parametrize("gap", [0, 1, 2, 3])
def test_a_file_gives_its_shape_and_tensors_wherever_they_lie(gap: int, tmp_path: Path) -> None:
    weights = read_weights(written(tmp_path, file_of(("plain", 3, PLAIN.tobytes()), ("blocked", 64, BLOCK * 2), gap=gap)))
    assert weights.architecture == Architecture(64, 2, 4, 128, 10, 16, 1, pytest.approx(1e-5))
    np.testing.assert_array_equal(weights.plain["plain"], PLAIN)
    np.testing.assert_array_equal(unpack(weights.packed["blocked"]), NUMBERS * 2)
    assert weights.packed["blocked"].shape == (2, 18)


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = file_of(("plain", 3, PLAIN.tobytes()), ("blocked", 32, BLOCK))
    for length in range(0, len(whole), 5):
        with pytest.raises(ModelError, match=r"weights\.bin is not a file of 4-bit weights"):
            read_weights(written(tmp_path, whole[:length]))


def with_ints(data: bytes, place: int, form: str, value: int) -> bytes:
    new = struct.pack(form, value)
    return data[:place] + new + data[place + len(new) :]


GOOD = file_of(("blocked", 32, BLOCK))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(500),
        b"E5S1",
        b"E5S1" + b"\xff" * 500,
        with_ints(GOOD, 44, "<i", -(2**31)),  # pieces of the vocabulary
        with_ints(GOOD, 64, "<Q", 2**64 - 1),  # bytes of its spelling
        with_ints(GOOD, len(GOOD) - 18 - 16, "<Q", 2**63),  # where the tensor begins
        with_ints(GOOD, len(GOOD) - 18 - 8, "<Q", 2**64 - 1),  # how long it is
        with_ints(GOOD, len(GOOD) - 18 - 8, "<Q", 17),  # no whole block
        GOOD.replace(b"blocked", b"bl\xffcked"),
    ],
    ids=["foreign", "magic alone", "all ones", "pieces", "spelling", "beyond", "too long", "part of a block", "name"],
)
def test_a_foreign_or_damaged_file_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"weights\.bin"):
        read_weights(written(tmp_path, data))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.bin"):
        read_weights(tmp_path / "missing.bin")
