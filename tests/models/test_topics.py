from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from models import topics
from models.clustering import Draw, cluster
from models.tables import TOPIC_EVENTS, TOPIC_MEMBERS, TOPIC_WORDS, TOPICABLE, TOPICS
from models.topic_spec import TopicSpec
from models.topic_words import Token
from models.topics import Ancestry, CodeSeeds, Drift, Fit, fit, place
from taxonomy.errors import StageError
from tests.models.blobs import blobs, by_axis, passages, small_spec

SPEC = small_spec()


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def split(text: str, language: str) -> list[Token]:
        return [Token(word, word) for word in text.lower().strip(".").split()]

    monkeypatch.setattr(topics, "tokens", split)
    return


def found(table: pa.Table, ancestry: Ancestry | None = None, spec: TopicSpec = SPEC, encoder: str = "enc-1") -> Fit:
    dimensions = len(table["vector"][0]) if len(table) else 12
    return fit("pilot", table, encoder, lambda: CodeSeeds.none(dimensions), ancestry or Ancestry.none(), spec)


def near(table: pa.Table, fitted: Fit) -> pa.Table:
    kept = fitted.members["fitted"].to_numpy(zero_copy_only=False)
    columns = {name: table[name] for name in ("language", "vector")} | {name: fitted.members[name] for name in ("x", "y")}
    return pa.table(columns).filter(pa.array(kept))


def standing(table: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(table[name].to_pylist() for name in ("passage", "topic", "membership")), strict=True))


@pytest.fixture
def _fake_consensus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "cluster", partial(cluster, clusterer=by_axis))
    monkeypatch.setattr(topics, "conduct", lambda words, vectors, labels: labels)
    monkeypatch.setattr(topics, "layout", lambda start, near, **_: start)


def test_a_fit_has_topics_members_words_and_their_births() -> None:
    fitted = found(passages(blobs(3, 9)))
    assert (fitted.topics.schema, fitted.words.schema) == (TOPICS, TOPIC_WORDS)
    assert (fitted.members.schema, fitted.events.schema) == (TOPIC_MEMBERS, TOPIC_EVENTS)
    assert fitted.model.topics == ("pilot.1", "pilot.2", "pilot.3")
    assert fitted.topics["topic"].to_pylist() == list(fitted.model.topics)
    assert fitted.members["topic"].to_pylist() == [f"pilot.{1 + i // 9}" for i in range(27)]
    assert set(fitted.members["membership"].to_pylist()) == {"core"}
    assert fitted.members["fitted"].to_pylist() == [True] * 27
    assert fitted.events["event"].to_pylist() == ["born"] * 3
    assert len(set(fitted.topics["name"].to_pylist())) == 3
    assert fitted.words["word"].to_pylist()
    model = fitted.model
    assert (model.encoder, model.spec, model.seed, model.method) == ("enc-1", SPEC.stamp, SPEC.seed, "agglomerative")
    assert (model.fitted, model.outliers_before, model.outliers_after) == (27, 0.0, 0.0)
    assert "cube root" in model.note
    assert model.seconds > 0
    assert model.centroids.shape == (3, 12)


def test_the_order_of_rows_does_not_matter() -> None:
    table = passages(blobs(3, 9))
    shuffled = table.take(np.random.default_rng(1).permutation(27))
    assert found(shuffled).members.equals(found(table).members)
    assert found(shuffled) == found(table)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_handful_has_no_topics_but_a_note_and_a_map(count: int) -> None:
    table = passages(blobs(1, count))
    fitted = found(table)
    assert fitted.model.method == "none"
    assert fitted.model.note.startswith("No topics")
    assert len(fitted.topics) == len(fitted.words) == len(fitted.events) == 0
    assert fitted.members["membership"].to_pylist() == ["outlier"] * count
    assert fitted.members["topic"].to_pylist() == [None] * count
    assert np.isfinite(fitted.members["x"].to_numpy()).all()
    placed = place(fitted.model, near(table, fitted), passages(blobs(1, 2)), "enc-1", SPEC)
    assert placed["membership"].to_pylist() == ["outlier"] * 2


@pytest.mark.parametrize(
    ("vectors", "note"),
    [
        (np.repeat(blobs(1, 1), 300, axis=0), "300 passages, all alike."),
        (np.zeros((300, 12), dtype=np.float32), "300 passages, all alike."),
        (np.repeat(blobs(3, 1), 200, axis=0), "600 passages with 3 different texts are too few to be grouped; it takes LEAST."),
    ],
    ids=["all alike", "all nothing", "three sayings"],
)
def test_passages_that_hardly_differ_have_no_topics(vectors: np.ndarray, note: str) -> None:
    fitted = found(passages(vectors))
    assert fitted.model.method == "none"
    assert fitted.model.note == f"No topics: {note}".replace("LEAST", str(SPEC.small.least))
    assert fitted.model.outliers_before == fitted.model.outliers_after == 1.0
    assert not np.isnan(fitted.members["x"].to_numpy()).any()


def test_codes_are_encoded_where_there_are_topics_alone() -> None:
    def encoded() -> CodeSeeds:
        raise AssertionError("nothing is near to any code")

    table = passages(blobs(1, 3))
    assert fit("pilot", table, "enc-1", encoded, Ancestry.none(), SPEC).model.topics == ()


def test_what_the_encoder_saw_nothing_in_is_an_outlier_in_the_middle_of_the_map() -> None:
    vectors = np.concatenate([blobs(3, 9), np.zeros((3, 12), dtype=np.float32)])
    fitted = found(passages(vectors))
    assert fitted.members["membership"].to_pylist()[-3:] == ["outlier"] * 3
    assert fitted.members["similarity"].to_pylist()[-3:] == [0.0] * 3
    assert fitted.members["x"].to_pylist()[-1] == pytest.approx(fitted.members["x"].to_numpy()[:27].mean(), abs=1e-4)
    assert fitted.model.outliers_before == pytest.approx(3 / 30)


def test_a_language_of_one_passage_finds_its_topic() -> None:
    fitted = found(passages(blobs(3, 9), languages=["en"] * 26 + ["ko"]))
    assert fitted.members["topic"].to_pylist()[-1] == fitted.members["topic"].to_pylist()[-2]


def test_translations_are_placed_and_not_fitted() -> None:
    vectors = np.concatenate([blobs(3, 9), blobs(3, 9, seed=2)])
    fitted = found(passages(vectors, counted=[True] * 27 + [False] * 27))
    assert fitted.model.fitted == 27
    assert fitted.members["fitted"].to_pylist() == [True] * 27 + [False] * 27
    assert fitted.members["topic"].to_pylist()[27:] == fitted.members["topic"].to_pylist()[:27]


def test_nothing_counted_leaves_everything_without_a_topic() -> None:
    fitted = found(passages(blobs(3, 9), counted=[False] * 27))
    assert (fitted.model.method, fitted.model.fitted, fitted.model.outliers_after) == ("none", 0, 0.0)
    assert set(fitted.members["membership"].to_pylist()) == {"outlier"}


@pytest.mark.usefixtures("_fake_consensus")
def test_of_very_many_a_sample_is_fitted_and_the_rest_placed() -> None:
    spec = small_spec(consensus={"fit_at_most": 100}, clusters={"least": 5})
    table = passages(blobs(4, 60))
    fitted = found(table, spec=spec)
    assert fitted.model.fitted == 100
    assert sum(fitted.members["fitted"].to_pylist()) == 100
    assert "sample of 100 of 240 passages" in fitted.model.note
    groups = np.asarray(fitted.members["topic"].to_pylist()).reshape(4, 60)
    assert [len(set(group.tolist())) for group in groups] == [1] * 4
    # More passages change the sample by these alone.
    more = found(passages(blobs(4, 61)[:241]), spec=spec)
    kept = set(fitted.members.filter(fitted.members["fitted"])["passage"].to_pylist())
    assert len(kept & set(more.members.filter(more.members["fitted"])["passage"].to_pylist())) >= 99


@pytest.mark.usefixtures("_fake_consensus")
def test_outliers_go_to_a_near_topic_as_weak_members_and_both_shares_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def most(draw: Draw) -> np.ndarray:
        labels = draw.vectors.argmax(axis=1)
        labels[[3, 39]] = -1
        return labels

    # In every run the same two are in no cluster: resamples are whole here, so that rows keep their numbers.
    monkeypatch.setattr("models.clustering.resample", lambda count, seed: np.arange(count))
    monkeypatch.setattr(topics, "cluster", partial(cluster, clusterer=most))
    vectors = blobs(4, 10)
    vectors[39] = -vectors[:30].mean(axis=0) / np.linalg.norm(vectors[:30].mean(axis=0))
    fitted = found(passages(vectors), spec=small_spec(members={"weak_from": 0.5, "placed_from": 0.6}))
    kinds = fitted.members["membership"].to_pylist()
    assert (kinds[3], kinds[39]) == ("weak", "outlier")
    assert fitted.members["topic"].to_pylist()[3] == fitted.members["topic"].to_pylist()[0]
    assert (fitted.model.outliers_before, fitted.model.outliers_after) == (2 / 40, 1 / 40)


@pytest.mark.usefixtures("_fake_consensus")
def test_however_bertopic_numbers_topics_stability_and_centroid_stay_with_their_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    def facts(fitted: Fit) -> dict[str, list[float]]:
        return {row["topic"]: [row["stability"], *row["centroid"]] for row in fitted.topics.to_pylist()}

    plain = found(passages(blobs(4, 10)))
    monkeypatch.setattr(topics, "conduct", lambda words, vectors, labels: np.where(labels < 0, -1, 3 - labels))
    turned = found(passages(blobs(4, 10)))
    assert len(set(plain.topics["stability"].to_pylist())) > 1
    assert facts(turned) == facts(plain)
    assert turned.members.equals(plain.members)


@pytest.mark.usefixtures("_fake_consensus")
def test_bertopic_sees_words_of_the_clustered_passages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def watching(words: list[str], vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
        seen.extend(words)
        assert len(words) == len(vectors) == len(labels) == 40
        return labels

    monkeypatch.setattr(topics, "conduct", watching)
    found(passages(np.concatenate([blobs(4, 10), np.zeros((2, 12), dtype=np.float32)])))
    assert set(seen) == {"en:wages en:were en:low"}


@pytest.mark.usefixtures("_fake_consensus")
def test_unstable_topics_are_tentative() -> None:
    table = passages(blobs(4, 10))
    assert not any(found(table).topics["tentative"].to_pylist())
    doubted = found(table, spec=small_spec(consensus={"tentative_below": 1.0})).topics
    assert doubted["tentative"].to_pylist() == [stability < 1 for stability in doubted["stability"].to_pylist()]
    assert any(doubted["tentative"].to_pylist())


def test_topics_that_are_the_same_keep_their_ids_and_names() -> None:
    table = passages(blobs(3, 9))
    first = found(table)
    known = first.topics.select(["topic", "name", "plain_centroid"]).append_column("alive", pa.array([True] * 3))
    known = known.set_column(1, "name", pa.array(["wages", "low, were (7)", "Water"]))
    ancestry = Ancestry(known, first.members.select(["passage", "topic"]), 4)
    again = found(table.slice(9), ancestry)
    assert sorted(again.model.topics) == ["pilot.2", "pilot.3"]
    assert dict(zip(again.topics["topic"].to_pylist(), again.topics["name"].to_pylist(), strict=True)) == {
        "pilot.2": "low, were (7)",
        "pilot.3": "low, wages, were",
    }, "a name is kept as long as its words are the topic's"


def test_a_placed_passage_comes_out_the_same_whatever_comes_with_it() -> None:
    table = passages(blobs(3, 9))
    fitted = found(table)
    new = passages(blobs(4, 7, seed=5))
    together = place(fitted.model, near(table, fitted), new, "enc-1", SPEC)
    alone = pa.concat_tables([place(fitted.model, near(table, fitted), new.slice(i, 1), "enc-1", SPEC) for i in range(28)])
    assert together.equals(alone)
    assert together.schema == TOPIC_MEMBERS
    assert not any(together["fitted"].to_pylist())
    assert [topic for _, topic, _ in standing(together)][:21] == [f"pilot.{1 + i // 7}" for i in range(21)]


def test_placing_what_was_placed_by_the_fit_gives_the_same_row() -> None:
    vectors = np.concatenate([blobs(3, 9), blobs(4, 9, seed=2)])
    table = passages(vectors, counted=[True] * 27 + [False] * 36)
    fitted = found(table)
    placed = place(fitted.model, near(table, fitted), table.slice(27), "enc-1", SPEC)
    assert placed.equals(fitted.members.slice(27).combine_chunks())


def test_no_new_passages_are_placed_nowhere() -> None:
    table = passages(blobs(3, 9))
    fitted = found(table)
    assert place(fitted.model, near(table, fitted), TOPICABLE.empty_table(), "enc-1", SPEC).equals(TOPIC_MEMBERS.empty_table())


def test_passages_find_no_place_in_a_survey_that_was_empty() -> None:
    fitted = found(passages(blobs(1, 0)))
    placed = place(fitted.model, near(passages(blobs(1, 0)), fitted), passages(blobs(1, 2)), "enc-1", SPEC)
    assert standing(placed) == [("p00000", None, "outlier"), ("p00001", None, "outlier")]


def test_vectors_of_another_encoder_are_refused_and_both_are_named() -> None:
    table = passages(blobs(3, 9))
    fitted = found(table)
    with pytest.raises(StageError, match=r"encoder enc-1; those of enc-2 cannot"):
        place(fitted.model, near(table, fitted), table, "enc-2", SPEC)
    with pytest.raises(StageError, match=r"enc-1; those of enc-1 cannot.*of 12 and 20 numbers"):
        place(fitted.model, near(table, fitted), passages(blobs(1, 2, dimensions=20)), "enc-1", SPEC)


def test_vectors_that_cannot_be_compared_are_refused() -> None:
    table = passages(blobs(1, 2))
    ragged = table.set_column(6, TOPICABLE.field("vector"), pa.array([[1.0], [1.0, 0.0]], pa.list_(pa.float32())))
    with pytest.raises(StageError, match="different lengths: 1, 2"):
        found(ragged)
    broken = blobs(1, 2)
    broken[1, 0] = np.nan
    with pytest.raises(StageError, match="no numbers"):
        found(passages(broken))


def test_models_are_equal_whatever_time_they_took() -> None:
    model = found(passages(blobs(3, 9))).model
    assert model == replace(model, seconds=99.0)
    assert model != replace(model, centroids=model.centroids[:2])
    assert model != replace(model, note="Another.")
    assert model != "a model"


def drift(placed: int, poor: int, fitted: int = 1000, outliers_at_fit: float = 0.10, remaining: int | None = None) -> Drift:
    remaining = fitted if remaining is None else remaining
    return Drift(fitted, remaining, remaining, placed, poor, poor, outliers_at_fit, SPEC)


@pytest.mark.parametrize(
    ("drift", "proposed"),
    [
        (drift(0, 0), False),
        (drift(0, 0, fitted=0), False),
        (drift(29, 29), False),
        (drift(40, 9), False),
        (drift(40, 10), True),
        (drift(999, 0), False),
        (drift(1000, 0), True),
        (drift(11, 0, fitted=3), False),
        (drift(12, 0, fitted=3), True),
        (drift(0, 0, remaining=500), False),
        (drift(0, 0, remaining=499), True),
    ],
)
def test_a_refit_is_proposed_where_many_find_no_place_or_many_came(drift: Drift, proposed: bool) -> None:
    assert drift.refit_proposed is proposed
    assert ("a refit is worth while" in drift.sentence) is proposed


def test_drift_is_told_in_a_sentence() -> None:
    assert drift(0, 0).sentence == "No passage has come since the topics were found in 1,000."
    assert drift(1, 0).sentence == (
        "1 passage has come since the topics were found in 1,000; 0 % of the new found no topic (at the fit 10 %)."
    )
    assert drift(40, 10, remaining=999).sentence == (
        "40 passages have come since the topics were found in 1,000, of which 999 are still there; "
        "25 % of the new found no topic (at the fit 10 %): a refit is worth while."
    )
    assert drift(0, 0, fitted=4, remaining=1).sentence == (
        "No passage has come since the topics were found in 4, of which 1 is still there: a refit is worth while."
    )
    assert drift(40, 10).share == 0.25
    assert drift(40, 10, remaining=60).share_outside == 0.1
    assert (drift(0, 0, fitted=0).share, drift(0, 0, fitted=0).share_outside) == (0.0, 0.0)


def test_placing_imports_nothing_heavy() -> None:
    code = (
        "import sys, numpy as np\n"
        "from models.centring import Centring\n"
        "from models.tables import TOPICABLE\n"
        "from models.topics import TopicModel, place\n"
        "import pyarrow as pa\n"
        "one = pa.table({'passage': ['p'], 'answer': ['a'], 'unit': ['a'], 'text': ['t'], 'language': ['en'], 'counted': [True],"
        " 'vector': [[1.0, 0.0]]}, schema=TOPICABLE)\n"
        "centring = Centring(np.zeros(2, np.float32), {})\n"
        "rows = np.eye(2, dtype=np.float32)\n"
        "model = TopicModel('e', 's', 1, 'consensus', '', 9, 0.0, 0.0, None, 0.0, centring, ('x.1', 'x.2'), rows)\n"
        "near = pa.table({'language': ['en'], 'vector': [[1.0, 0.0]], 'x': [1.0], 'y': [2.0]})\n"
        "assert place(model, near, one, 'e')['topic'].to_pylist() == ['x.1']\n"
        "heavy = {'umap', 'hdbscan', 'bertopic', 'sklearn', 'scipy', 'spacy', 'torch', 'sentence_transformers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=topics.__file__.rsplit("/", 2)[0])


@pytest.mark.real_models
def test_the_whole_of_it_on_groups_that_are_there() -> None:
    table = passages(blobs(5, 20), languages=["en", "es"] * 50)
    one, other = found(table), found(table.take(np.random.default_rng(1).permutation(100)))
    assert one == other
    assert one.model.method == "consensus"
    assert len(one.model.topics) == 5
    groups = np.asarray(one.members["topic"].to_pylist()).reshape(5, 20)
    assert [len(set(group.tolist())) for group in groups] == [1] * 5
