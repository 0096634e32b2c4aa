from __future__ import annotations

import stat
from pathlib import Path

import pytest

from models.quality import report
from store import Paths
from store.quality import MeasuredPassage, Quality, load_passages, load_quality, load_shipped, reports, save_quality
from taxonomy.errors import StoreError
from tests.models.compared import labelled, said
from tests.models.tiny_codebook import tiny_codebook

PASSAGE = MeasuredPassage(
    id="a",
    text="Banks lobbied.",
    language="en",
    country="BRA",
    source="reports",
    reference={"mode": ("active",)},
    predicted={},
    doubtful={},
)


def quality(name: str = "First of all", made: str = "2026-11-22T17:04:05+00:00") -> Quality:
    pairs = [(labelled("a", relevance="influence"), said(relevance="influence"))]
    return report(pairs, tiny_codebook(), name=name, coder="fake", draws=20).model_copy(update={"made": made})


def test_a_report_is_kept_and_comes_back(fresh: Paths) -> None:
    kept = quality()
    id = save_quality(fresh, kept, (PASSAGE,))
    assert id == "20261122T170405-first-of-all"
    assert reports(fresh) == (id,)
    assert load_quality(fresh, id) == kept
    assert load_passages(fresh, id) == (PASSAGE,)


def test_reports_are_closed_to_others(fresh: Paths) -> None:
    folder = fresh.quality / save_quality(fresh, quality(), (PASSAGE,))
    assert stat.S_IMODE(fresh.quality.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_newest_stands_first_and_none_is_overwritten(fresh: Paths) -> None:
    ids = [save_quality(fresh, quality(made=made), ()) for made in ("2026-11-22T17:04:05+00:00", "2026-11-23T00:00:00+00:00")]
    again = save_quality(fresh, quality(made="2026-11-23T00:00:00+00:00"), ())
    assert again == f"{ids[1]}.2"
    assert reports(fresh) == (again, ids[1], ids[0])


@pytest.mark.parametrize(
    ("name", "ending"), [("", ""), ("../../etc", "-etc"), ("Évaluation nº 1", "-evaluation-no-1"), ("한국 시험", "-한국-시험")]
)
def test_any_name_makes_a_safe_id(name: str, ending: str, fresh: Paths) -> None:
    id = save_quality(fresh, quality(name), ())
    assert id == f"20261122T170405{ending}"
    assert load_quality(fresh, id).name == name


def test_what_is_written_halfway_is_no_report(fresh: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("store.quality._write", full)
    with pytest.raises(StoreError, match="the disk is full"):
        save_quality(fresh, quality(), (PASSAGE,))
    assert reports(fresh) == ()
    assert list(fresh.quality.iterdir()) == []


def test_without_a_folder_there_are_no_reports(fresh: Paths) -> None:
    assert reports(fresh) == ()


@pytest.mark.parametrize("harm", [b"", b"{}", b"\xff", None])
def test_a_damaged_report_is_told_with_its_file(harm: bytes | None, fresh: Paths) -> None:
    id = save_quality(fresh, quality(), (PASSAGE,))
    for name, load in (("figures.json", load_quality), ("passages.json", load_passages)):
        file = fresh.quality / id / name
        if harm is None:
            file.unlink()
        else:
            file.write_bytes(harm)
        with pytest.raises(StoreError, match=f"{name}: missing, damaged or of another release"):
            load(fresh, id)


@pytest.mark.parametrize("id", ["../store", "", ".partial-20261122T170405", "20261122T170405/.."])
def test_only_an_id_names_a_report(id: str, fresh: Paths) -> None:
    with pytest.raises(StoreError, match="there is no report"):
        load_quality(fresh, id)


def test_the_card_of_the_coder_that_ships_is_a_report_without_cells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = load_shipped()
    assert found is not None
    assert {facet.facet for facet in found.facets} >= {"actor", "right", "effect"}
    assert not any(facet.cells for facet in found.facets)
    monkeypatch.setattr("store.quality.files", lambda _: tmp_path)
    assert load_shipped() is None
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / "card.json").write_text('{"quality": {"facets": [1]}}', "utf-8")
    assert load_shipped() is None
