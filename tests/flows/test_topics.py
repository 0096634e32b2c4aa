"""``suasion topics``: what is listed and shown, what people decide, and what is said of what is not there."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flows.cli import app
from flows.topic_pages import tally
from models.topic_repeats import RepeatedTopic, Repeats
from models.topic_spec import TopicSpec, topic_spec
from store import Paths, Writer
from store.topic_decisions import TOPIC_NAME, standing
from taxonomy.errors import RawFileError, SnapshotError, StoreError, SurveyError
from tests.flows.fake_topics import FakeTopics, no_seeds
from tests.flows.workbench import VERSIONS, FakeEncoder, carry, write_survey

pytestmark = pytest.mark.disk

ROWS = [
    ("r1", "Brazil", "Banks lobbied."),
    ("r2", "Kenya", "Mines polluted."),
    ("r3", "Peru", "A bank divested."),
    ("r4", "Chad", "A bank paid."),
]


@pytest.fixture
def topics() -> FakeTopics:
    return FakeTopics()


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, topics: FakeTopics) -> Iterator[Paths]:
    """A store with topics, on fake models."""
    paths = Paths.default()
    monkeypatch.setattr("flows.raw_folders.CHECKOUT_RAW", tmp_path / "none")
    write_survey(paths, ROWS)
    carry(paths, topics=topics)
    with ExitStack() as stack:
        for module in ("workshop", "topic_pages", "topic_stability"):
            stack.enter_context(patch(f"flows.{module}.current_versions", lambda codebook: VERSIONS))
        stack.enter_context(patch("models.encoders.load_encoder", FakeEncoder))
        stack.enter_context(patch("models.topics.fit", topics.fit))
        stack.enter_context(patch("models.code_seeds.code_seeds", no_seeds))
        yield paths


def suasion(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["topics", *arguments])


def told(*arguments: str) -> str:
    done = suasion(*arguments)
    assert done.exit_code == 0, done.exception
    return done.output


def refused(error: type[Exception], *arguments: str) -> str:
    done = suasion(*arguments)
    assert isinstance(done.exception, error), done.output
    return str(done.exception)


@pytest.mark.parametrize("arguments", [(), ("list",), ("list", "a-survey")])
def test_topics_are_listed_with_size_stability_and_words(paths: Paths, arguments: tuple[str, ...]) -> None:
    heading, columns, line, *_ = told(*arguments).splitlines()
    assert heading == "a-survey · topics: 1 (1 tentative), found in 4 passages; 25 % of passages in none"
    assert columns.split() == ["topic", "name", "passages", "of", "these", "weak", "stability", "words"]
    assert line.split(maxsplit=1)[0] == "a-survey.1"
    assert "bank, lobby" in line
    assert "0.40 tentative" in line


def test_a_reason_to_find_them_anew_stands_in_the_list(paths: Paths, topics: FakeTopics) -> None:
    topics.spec = "topics-0+12345678"
    told("refit", "a-survey")
    assert "topics-0+12345678" in told("list")
    assert "suasion topics refit a-survey" in told("list")


def test_nothing_to_list_is_said(tmp_path: Path) -> None:
    assert "suasion run" in told("list")


def test_a_survey_or_topic_that_is_not_there_is_told_with_what_is(paths: Paths) -> None:
    assert "there are: a-survey" in refused(SurveyError, "list", "b-survey")
    assert 'did you mean "a-survey"' in refused(SurveyError, "refit", "a-survy")
    for command in (("rename", "a-survey.9", "x"), ("merge", "a-survey.9", "a-survey.1"), ("merge", "a-survey.1", "a-survey.9")):
        said = refused(StoreError, *command)
        assert "there is no topic a-survey.9" in said
        assert "there are: a-survey.1" in said
    assert "there is no topic a-survey.9" in refused(StoreError, "show", "a-survey.9")
    assert "there are: a-survey" in refused(SurveyError, "show", "b-survey.1")
    for nonsense in ("", "7", "a-survey", "a-survey.", "a-survey.x", "\x1b[2J.1x"):
        said = refused(StoreError, "show", nonsense)
        assert "no topic's id" in said
        assert "\x1b" not in said
    assert "nobody named it" in refused(StoreError, "undo", "a-survey.1")


def test_a_survey_whose_topics_were_not_looked_for_is_told(paths: Paths) -> None:
    write_survey(paths, ROWS, name="b-survey")
    carry(paths, ["b-survey"], topics=FakeTopics(fails=StoreError("no")))
    for command in (("list",), ("history",), ("stability",)):
        assert "suasion run b-survey" in refused(StoreError, *command, "b-survey")


def test_a_name_is_kept_with_who_gave_it_and_can_be_lifted(paths: Paths) -> None:
    assert "a-survey.1 is called “What banks do” from now on" in told("rename", "a-survey.1", " What  banks do ")
    assert "What banks do" in told("list")
    told("rename", "a-survey.1", "Banks", "--who", "Ana")
    with Writer(paths, "a test") as writer:
        assert writer.decisions.standing(TOPIC_NAME)["a-survey.1"].who == "Ana"
    told("refit", "a-survey")
    assert "Banks" in told("list")
    assert "it was called “Banks”" in told("undo", "a-survey.1")
    with Writer(paths, "a test") as writer:
        assert writer.decisions.standing(TOPIC_NAME)["a-survey.1"].who == getpass.getuser()
    assert "bank, lobby" in told("list")
    refused(StoreError, "rename", "a-survey.1", "  ")


def test_topics_that_are_one_are_listed_as_one(paths: Paths, topics: FakeTopics) -> None:
    topics.second = True
    told("refit", "a-survey")
    assert "a-survey.2 counts as a-survey.1 from now on" in told("merge", "a-survey.2", "a-survey.1")
    assert "(with a-survey.2)" in told("list")
    assert "a-survey.2" not in told("list").replace("(with a-survey.2)", "")
    assert "circle" in refused(StoreError, "merge", "a-survey.1", "a-survey.2")
    assert "stands by itself again; it counted as a-survey.1" in told("undo", "a-survey.2")
    with Writer(paths, "a test") as writer:
        assert not standing(writer.decisions).merged


def test_a_refit_says_what_became_of_each_topic_and_how_it_becomes_visible(paths: Paths, topics: FakeTopics) -> None:
    topics.second = True
    said = told("refit", "a-survey")
    assert "a-survey: 1 topics before, 2 now: 1 continued, 1 born" in said
    assert "suasion publish --view internal" in said
    assert "a-survey.1  bank, lobby  continued" in said
    with Writer(paths, "a test") as writer:
        run = writer.runs().to_pylist()[0]
        (stage,) = writer.stages(run["run"]).to_pylist()
    assert (run["status"], stage["stage"], stage["came"], stage["made"]) == ("done", "topics", 4, 4)


def test_a_name_and_a_merge_whose_topic_is_gone_are_told(paths: Paths, topics: FakeTopics) -> None:
    topics.second = True
    told("refit", "a-survey")
    told("rename", "a-survey.2", "What mines do")
    told("merge", "a-survey.1", "a-survey.2")
    topics.second = False
    said = " ".join(told("refit", "a-survey").split())
    assert "a-survey.2 died: its name “What mines do”, given by a person, is not shown any more" in said
    assert "a-survey.2 died: a-survey.1, which a person let count as it, does so no more; it stands by itself again." in said
    renamed = told("rename", "a-survey.2", "Mines")
    assert "at once" not in renamed
    assert "a-survey.2 is not among the topics of the newest fit" in renamed


def test_both_sides_of_a_merger_are_counted_once() -> None:
    events = [("s.1", "continued"), ("s.1", "merged"), ("s.2", "merged"), ("s.3", "split"), ("s.4", "born"), ("s.5", "born")]
    assert tally([{"topic": topic, "event": event} for topic, event in events]) == "1 continued, 1 merged, 1 split, 2 born"


def test_a_refit_of_texts_that_are_not_encoded_is_refused(paths: Paths) -> None:
    newer = replace(VERSIONS, encoder="encoder-2")
    with patch("flows.workshop.current_versions", lambda codebook: newer):
        said = refused(StoreError, "refit", "a-survey")
    assert "4 of its texts are not encoded with encoder-2" in said
    assert "suasion run a-survey" in said
    assert "a-survey.1" in told("list")


def test_stability_is_told_by_topic_and_written_without_texts(paths: Paths, tmp_path: Path) -> None:
    def repeated(passages: pa.Table, encoder: str, spec: TopicSpec, repeats: int, progress: Any) -> Repeats:
        progress(1, repeats + 1)
        central = next(row["passage"] for row in passages.to_pylist() if "ank" in row["text"])
        return Repeats(
            encoder=encoder,
            spec=spec.stamp,
            seed=1,
            method="agglomerative",
            note="Few passages.",
            fitted=passages.num_rows,
            topics=(RepeatedTopic(central, 3, 0.75), RepeatedTopic("elsewhere", 1, 0.25)),
            sharing=0.8,
            adjusted_rand=None,
            found=(2,) * (repeats + 1),
            outliers=(0.25,) * (repeats + 1),
        )

    out = tmp_path / "stability.json"
    with patch("models.topic_repeats.repeat", repeated):
        said = told("stability", "a-survey", "--repeats", "2", "--json", str(out))
    assert "topics found 3 times in 4 passages (agglomerative)\nFew passages.\n" in said
    assert ": 0.80 of all such pairs" in said
    assert "Rand" not in said
    assert "a-survey.1 bank, lobby 3 0.75" in " ".join(said.split())
    figures = json.loads(out.read_text("utf-8"))
    assert (figures["survey"], figures["spec"], figures["topics"][0]["again"]) == ("a-survey", topic_spec().stamp, 0.75)
    assert "lobbied" not in out.read_text("utf-8")
    assert "no folder" in refused(RawFileError, "stability", "a-survey", "--json", str(tmp_path / "nowhere" / "x.json"))


def test_history_tells_every_fit(paths: Paths) -> None:
    told("refit", "a-survey")
    said = told("history", "a-survey")
    assert said.count("(run ") == 2
    assert said.index("1 born") < said.index("1 continued")


def test_a_topic_is_shown_with_words_splits_codes_and_quotes(paths: Paths) -> None:
    said = told("show", "a-survey.1")
    for part in (
        "a-survey.1 · bank, lobby",
        "3 passages in 3 answers",
        "tentative",
        "nearest actor:bank",
        "English: bank, lobby",
        "By country",
        "BRA",
        "“Banks lobbied.”",
        "“A bank divested.”",
        "share of all with it",
        "What became of it\n  fit 1, ",
        f"specification {topic_spec().stamp}, seed 1, encoder {VERSIONS.encoder}",
        "\n  snapshot ",
    ):
        assert part in said, part
    assert "\x1b" not in said


def test_what_the_codebook_does_not_foresee_is_listed(paths: Paths) -> None:
    said = told("beyond", "a-survey")
    assert "a-survey.1" in said
    assert "unexplained" in said


def test_what_is_shown_must_be_published(tmp_path: Path) -> None:
    assert "suasion run" in refused(SnapshotError, "show", "a-survey.1")
    refused(SnapshotError, "beyond", "a-survey")
