"""Topics as a user meets them: the invented survey run with real models, its topics listed, shown, named, found anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from store import Paths, Writer
from tests.flows.test_whole_way import suasion

pytestmark = [pytest.mark.server, pytest.mark.real_models]

SURVEY = "example-three-questions"
RAW = Path(__file__).parents[2] / "data/raw"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("topics") / "data"
    shutil.copytree(RAW / SURVEY, home / "raw" / SURVEY)
    done = suasion(home, "run", SURVEY)
    assert done.returncode == 0, done.stderr
    assert f"{SURVEY} · topics: " in done.stderr
    return home


def test_topics_are_found_listed_shown_and_told_in_the_status(home: Path) -> None:
    listed = suasion(home, "topics", "list", SURVEY)
    assert listed.returncode == 0, listed.stderr
    assert f"{SURVEY}.1 " in listed.stdout
    assert f"{SURVEY} · topics: " in suasion(home, "status").stdout
    shown = suasion(home, "topics", "show", f"{SURVEY}.1")
    assert shown.returncode == 0, shown.stderr
    assert "Its most central passages" in shown.stdout
    assert "“" in shown.stdout
    assert suasion(home, "topics", "beyond", SURVEY).returncode == 0


def test_nothing_new_is_still_nothing_new_and_a_refit_of_the_same_keeps_every_topic(home: Path) -> None:
    assert "Nothing new" in suasion(home, "run", SURVEY).stderr
    with Writer(Paths(home), "a test") as writer:
        before = writer.topics(SURVEY).to_pylist()
    assert suasion(home, "topics", "rename", f"{SURVEY}.1", "A name").returncode == 0
    refit = suasion(home, "topics", "refit", SURVEY)
    assert refit.returncode == 0, refit.stderr
    assert f"{len(before)} topics before, {len(before)} now: {len(before)} continued" in refit.stdout
    with Writer(Paths(home), "a test") as writer:
        after = {row["topic"]: row for row in writer.topics(SURVEY).to_pylist()}
    assert {topic: row["size"] for topic, row in after.items()} == {row["topic"]: row["size"] for row in before}
    assert after[f"{SURVEY}.1"]["name"] == "A name"
