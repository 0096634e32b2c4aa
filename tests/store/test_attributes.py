"""Columns that a survey keeps as filters: in the internal snapshot alone, by any name."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from store import Filters, Paths, Reader, Writer
from tests.synthetic import CONTENT, VERSIONS, Response, Sentence, process

pytestmark = pytest.mark.disk

NAME = 'who\'s "role".[0] in $ill'


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path / "data")
    survey = CONTENT[0][0]
    answers = [
        Response("1", (Sentence("Banks lend."),), attributes={NAME: "lawyer; =1", "team": "a"}),
        Response("2", (Sentence("Mines dig."),), attributes={NAME: "nurse", "empty": ""}),
    ]
    with Writer(paths, "a test") as writer:
        run = writer.begin_run([survey.survey], VERSIONS)
        process(writer, survey, answers, run)
        writer.publish("internal", run)
        writer.publish("public", run)
    return paths


def test_attributes_filter_and_are_counted_whatever_their_names(paths: Paths) -> None:
    facet = f"attribute:{NAME}"
    with closing(Reader.open(paths)) as reader:
        counts = {(row["facet"], row["code"]): row["passages"] for row in reader.facet_counts(Filters()).to_pylist()}
        assert {key: n for key, n in counts.items() if key[0].startswith("attribute:")} == {
            (facet, "lawyer; =1"): 1,
            (facet, "nurse"): 1,
            ("attribute:team", "a"): 1,
        }
        chosen = Filters(codes=((facet, ("lawyer; =1",)),))
        assert reader.quotes(chosen)["text"].to_pylist() == ["Banks lend."]
        lifted = {row["code"] for row in reader.facet_counts(chosen).to_pylist() if row["facet"] == facet}
        assert lifted == {"lawyer; =1", "nurse"}
        other = {row["code"] for row in reader.facet_counts(Filters(codes=((facet, ("nurse",)),))).to_pylist() if "team" in row["facet"]}
        assert other == set()


def test_no_attribute_leaves_the_internal_view(paths: Paths) -> None:
    with closing(Reader.open(paths, "public")) as reader:
        assert not [facet for facet in reader.facet_counts(Filters())["facet"].to_pylist() if facet.startswith("attribute:")]
    for file in (paths.snapshots("public")).rglob("*"):
        if file.is_file():
            assert b"nurse" not in file.read_bytes()
