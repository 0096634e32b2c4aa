from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.centring import unit
from store.meaning import Meaning

Floats = NDArray[np.float32]
ENGLISH, KOREAN = np.eye(128, dtype=np.float32)[:2]


def written(folder: Path, vectors: Floats) -> Path:
    np.save(folder / "vectors.npy", vectors.astype(np.float32), allow_pickle=False)
    return folder / "vectors.npy"


def opened(folder: Path, vectors: Floats, languages: list[str]) -> Meaning:
    meaning = Meaning(written(folder, vectors))
    assert not meaning.ready
    meaning.prepare(np.asarray(languages, np.str_))
    assert meaning.ready
    return meaning


def matters(count: int, dimensions: int = 128) -> Floats:
    return unit(np.random.default_rng(7).normal(size=(count, dimensions)).astype(np.float32))


def test_a_row_is_nearest_to_itself_and_cosines_are_true(tmp_path: Path) -> None:
    rows = matters(40)
    meaning = opened(tmp_path, rows, ["en"] * 40)
    found = meaning.cosines(meaning.of_row(7))
    assert int(np.argmax(found)) == 7
    general = rows.mean(axis=0)
    centred = unit((rows - general).astype(np.float32))
    assert found == pytest.approx(centred @ centred[7], abs=1e-5)


def test_the_same_matter_is_found_in_another_language(tmp_path: Path) -> None:
    said = matters(400)
    rows = unit(np.concatenate([said + 2 * ENGLISH, said + 2 * KOREAN]).astype(np.float32))
    meaning = opened(tmp_path, rows, ["en"] * 400 + ["ko"] * 400)
    for at in (0, 31, 399):
        assert np.argsort(-meaning.cosines(meaning.of_row(at)))[:2].tolist() == [at, at + 400]
    plain = np.argsort(-(rows @ rows[0]))[1]
    assert plain < 400, "without it the language stands before the matter"


def test_what_all_have_in_common_is_taken_away(tmp_path: Path) -> None:
    many = np.random.default_rng(1).normal(size=(1200, 1)) * np.ones(128) * 2
    rows = unit((matters(1200) + many).astype(np.float32))
    meaning = opened(tmp_path, rows, ["en"] * 1200)
    asked = unit((0.5 * rows[3] + 0.5 * matters(1)[0])[None].astype(np.float32))[0]
    found = meaning.cosines(meaning.query(asked))
    assert np.abs(found).max() <= 1 + 1e-4
    assert abs(float(np.mean(found[:1000]))) < 0.1


def test_rows_are_compared_in_parts_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, languages = matters(50), ["en", "pt"] * 25
    whole = opened(tmp_path, rows, languages)
    expected = whole.cosines(whole.query(rows[9]))
    monkeypatch.setattr("store.meaning._ROWS", 7)
    parts = opened(tmp_path, rows, languages)
    assert parts.cosines(parts.query(rows[9])) == pytest.approx(expected, abs=1e-6)


def test_a_text_in_which_nothing_was_seen_is_near_nothing(tmp_path: Path) -> None:
    rows = matters(5)
    rows[2] = 0
    meaning = opened(tmp_path, rows, ["en", "en", "", "ko", "ko"])
    assert meaning.cosines(meaning.query(rows[0]))[2] == -1
    assert not meaning.cosines(np.zeros(128, np.float32))[[0, 1, 3, 4]].any()


def test_no_vectors_at_all(tmp_path: Path) -> None:
    meaning = opened(tmp_path, np.empty((0, 0), np.float32), [])
    assert meaning.shape == (0, 0)
    assert meaning.cosines(np.empty(0, np.float32)).shape == (0,)


def test_it_has_to_be_prepared(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="prepared"):
        Meaning(written(tmp_path, matters(3))).of_row(0)


def test_the_file_is_mapped_and_not_read(tmp_path: Path) -> None:
    meaning = Meaning(written(tmp_path, matters(3)))
    assert isinstance(meaning._vectors, np.memmap)
    (tmp_path / "vectors.npy").unlink()
    meaning.prepare(np.asarray(["en"] * 3))
    assert meaning.cosines(meaning.of_row(1)).argmax() == 1
