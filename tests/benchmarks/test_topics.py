"""What stands behind the figures of topics: the material, the pairs, and what is counted of labels that are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks import topics
from benchmarks.topic_parts import cache, measures, quality, timing, translations
from benchmarks.topic_parts.cache import Cache
from benchmarks.topic_parts.finders import Found, main_language, members, words_of
from benchmarks.topic_parts.material import Material, coded, hrmi, load, mixed, only
from benchmarks.topic_parts.measures import Vocabulary, alike, by_chance, sharing
from benchmarks.topic_parts.quality import translated
from benchmarks.topic_parts.tables import keep, shown, table
from benchmarks.topic_parts.translations import by_languages
from models.tables import TOPIC_MEMBERS, TOPIC_WORDS, TOPICABLE
from models.topic_spec import topic_spec
from models.topic_words import Token

Labels = np.ndarray[Any, np.dtype[np.int64]]


def labels(*values: int) -> Labels:
    return np.asarray(values, np.int64)


def material(languages: str = "en en en es es es", **more: Any) -> Material:
    its = tuple(languages.split())
    ids = tuple(f"p{number}" for number in range(len(its)))
    return Material("toy", ids, tuple(f"text {number}" for number in range(len(its))), its, more.pop("codes", {}), **more)


def unit(rows: int, seed: int = 0) -> Any:
    made = np.random.default_rng(seed).normal(size=(rows, 4)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


# --- the material


def coded_file(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "coded.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_coded_passages_have_their_only_codes_and_their_translations(tmp_path: Path) -> None:
    found = coded(
        [
            coded_file(
                tmp_path,
                {"id": "a", "text": "A", "lang": "en", "relevance": "influence", "right": ["work"], "effect": "harms"},
                {"id": "b", "text": "B", "lang": "pt", "relevance": "influence", "right": ["work", "life"], "translation_of": "a"},
                {"id": "c", "text": "C", "lang": "en", "relevance": "non_substantive"},
                {"id": "d", "text": "D", "lang": "fr", "relevance": "off_topic", "translation_of": "elsewhere"},
            )
        ]
    )
    assert found.ids == ("a", "b", "d")
    assert found.codes["right"] == ("work", None, None)
    assert found.codes["effect"] == ("harms", None, None)
    assert found.pairs == ((0, 1),)
    assert found.counted == (True, False, True)


def test_only_one_code_is_a_code() -> None:
    assert [only(value) for value in (["a"], ["a", "b"], [], "a", "", None)] == ["a", None, None, "a", None, None]


def bullets(folder: Path, *lists: tuple[str, str, int]) -> Path:
    path = folder / "bullets.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["edition", "lang", "country", "right", "text", "source_file"])
        for country, language, count in lists:
            writer.writerows(["v2", language, country, "work", f"{language} {number}", "f"] for number in range(count))
        writer.writerow(["v2", "en", "XXX", "work", "_Nobody said anything._", "f"])
    return path


def test_bullets_are_pairs_by_position_in_lists_of_one_length(tmp_path: Path) -> None:
    found = hrmi(bullets(tmp_path, ("AGO", "pt", 2), ("AGO", "en", 2), ("MEX", "en", 1), ("MEX", "es", 2), ("FJI", "en", 1)))
    paired = [(found.texts[one], found.texts[other]) for one, other in found.pairs]
    assert paired == [("en 0", "pt 0"), ("en 1", "pt 1")]
    counted = [(language, counts) for language, counts in zip(found.languages, found.counted, strict=True)]
    assert counted == [("pt", False)] * 2 + [("en", True)] * 2 + [("en", False)] + [("es", True)] * 2 + [("en", True)]
    assert len(found) == 8  # the publisher's note is none of them


def test_a_file_is_what_its_columns_say(tmp_path: Path) -> None:
    lines = coded_file(tmp_path, {"id": "a", "text": "A", "lang": "en"})
    assert [each.name for each in load([bullets(tmp_path, ("AGO", "en", 1)), lines])] == ["coded passages", "HRMI"]


def test_a_sample_keeps_pairs_whole() -> None:
    some = material("en es en es en es en es", pairs=((0, 1), (2, 3), (4, 5), (6, 7)), counted=(True, False) * 4)
    drawn = some.sample(4)
    assert len(drawn) == 4
    assert [(drawn.languages[one], drawn.languages[other]) for one, other in drawn.pairs] == [("en", "es")] * 2
    assert some.sample(None) is some
    assert some.sample(99) is some


def test_the_table_is_what_topics_are_found_in() -> None:
    some, vectors = material(counted=(True, True, False, False, True, True)), unit(6)
    made = some.table(vectors)
    assert made.schema == TOPICABLE
    assert made["counted"].to_pylist() == [True] * 6
    assert some.table(vectors, place_versions=True)["counted"].to_pylist() == list(some.counted)
    assert np.allclose(np.stack(made["vector"].to_numpy()), vectors)


def test_mixed_passages_are_near_real_ones_of_their_language() -> None:
    some, vectors = material(), unit(6)
    made, its = mixed(some, vectors, 50)
    again, same = mixed(some, vectors, 50)
    assert made == again
    assert np.array_equal(its, same)
    assert np.allclose(np.linalg.norm(its, axis=1), 1, atol=1e-6)
    assert len(set(made.ids)) == 50
    for text, language in zip(made.texts, made.languages, strict=True):
        parents = [int(number) for number in text.replace("text", "").split()]
        assert {some.languages[parent] for parent in parents} == {language}


# --- what is read from a fit


def test_labels_are_read_in_the_order_of_the_passages() -> None:
    rows = [("p2", "s.2", "core"), ("p0", "s.1", "weak"), ("p1", None, "outlier")]
    made = pa.Table.from_pylist(
        [
            {"passage": passage, "topic": topic, "membership": how, "fitted": True, "similarity": 0.5, "x": 0.0, "y": 0.0}
            for passage, topic, how in rows
        ],
        schema=TOPIC_MEMBERS,
    )
    every, core = members(made, ("p0", "p1", "p2"), ("s.1", "s.2"))
    assert every.tolist() == [0, -1, 1]
    assert core.tolist() == [-1, -1, 1]


def test_a_topics_words_are_those_of_its_main_language() -> None:
    rows = [("s.1", "en", 2, "wage"), ("s.1", "en", 1, "pay"), ("s.1", "es", 1, "salario"), ("s.2", "en", 1, "soil")]
    made = pa.Table.from_pylist([dict(zip(TOPIC_WORDS.names, (*row, 1.0, []), strict=True)) for row in rows], schema=TOPIC_WORDS)
    languages, found = ("en", "en", "es", "es"), labels(0, 0, 0, 1)
    assert main_language(languages, found, 0) == "en"
    assert main_language(("es", "en"), labels(0, 0), 0) == "en"
    assert words_of(made, ("s.1", "s.2"), languages, found) == (("pay", "wage"), ())


# --- the words


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the tokenizers: words without a final s, and without "the"."""

    def split(text: str, language: str) -> list[Token]:
        return [Token(word.rstrip("s"), word) for word in text.lower().split() if word != "the"]

    monkeypatch.setattr(measures, "tokens", split)


def vocabulary(*texts: tuple[str, str]) -> Vocabulary:
    its = material(" ".join(language for language, _ in texts))
    return Vocabulary(replace(its, texts=tuple(text for _, text in texts)))


@pytest.mark.usefixtures("words")
def test_words_are_mapped_to_lemmas_and_what_is_none_makes_way_for_the_next() -> None:
    its = vocabulary(("en", "the banks"), ("en", "the bank pays"), ("es", "el banco"), ("es", "banco bank"), ("es", "the bank"))
    assert its.home["banks"] == "en"
    assert its.home["bank"] == "es"
    assert its.mapped(["the", "banks", "pays", "bank", "unheard"], "en") == ("bank", "pay")
    assert its.mapped(["the", "banks", "pays"], "en", top=1) == ("bank",)
    assert its.mapped(["banco", "banks"], "es") == ("banco",)


@pytest.mark.usefixtures("words")
def test_words_as_shown_are_looked_for_as_either_method_reads_them() -> None:
    its = vocabulary(
        ("en", "The banks' fees"),
    )
    assert its.surfaces == [{"the", "banks", "fees", "banks'"}]
    assert its.lemmas == [{"banks'", "fee"}]


@pytest.mark.usefixtures("words")
def test_coherence_is_of_words_that_stand_together_in_their_own_language() -> None:
    its = vocabulary(*[("en", "bank fee")] * 3, *[("en", "soil mine")] * 3, *[("es", "banco sueldo")] * 4)
    found = Found(labels(*[0] * 3, *[1] * 3, *[2] * 4), labels(), (), (("bank", "fee"), ("soil", "mine"), ("banco", "sueldo")), 1.0)
    said = measures.as_lemmas(found.labels, found.ranked, its)
    assert said.described == 3
    assert said.diversity == 1
    # In Spanish both words stand in every passage: that they do so together says nothing.
    assert said.npmi is not None
    assert said.npmi > 0.6


# --- what is counted


def test_pairs_that_share_a_topic_again_are_counted_by_pairs() -> None:
    assert sharing(labels(0, 0, 0, 1, 1, -1), labels(0, 0, 1, 2, 2, 2)) == pytest.approx(2 / 4)
    assert sharing(labels(0, 0, -1), labels(-1, -1, 0)) == 0  # outliers share no topic
    assert sharing(labels(-1, -1), labels(0, 0)) is None


def test_fits_are_compared_over_what_both_know() -> None:
    whole = (np.arange(6), labels(0, 0, 0, 1, 1, 1))
    part = (np.asarray([1, 2, 3, 4]), labels(7, 7, 3, 3))
    same = alike([whole, part])
    assert same is not None
    assert (same.fits, same.rand, same.rand_of_members, same.sharing) == (2, 1, 1, 1)
    assert alike([whole]) is None


def test_chance_is_that_of_any_other_partner() -> None:
    assert by_chance(labels(0, 1, 0, 1), ((0, 2), (1, 3))) == 0.5
    assert by_chance(labels(0, -1, 0, -1), ((0, 2), (1, 3))) == 0.25
    assert by_chance(labels(0), ()) is None


def test_outliers_are_in_no_topic_together_and_one_language_says_nothing_of_translation() -> None:
    its = material("en en en es es es", pairs=((0, 3), (1, 4), (2, 5)))
    made = translated(labels(0, 0, -1, 0, 1, -1), its)
    assert made["pairs"] == 3
    assert made["pairs in one topic"] == pytest.approx(1 / 3)
    assert made["pairs in one topic, of those with no outlier"] == pytest.approx(1 / 2)
    assert by_languages(labels(0, 0, -1, 0, 1, -1), its) == {"en–es, 3 pairs": pytest.approx(1 / 3)}
    assert translated(labels(0, 0), material("en en")) == {}


# --- the comparison


class Finds:
    """Stands for a consensus: topics that are handed out, and a memory of what it was asked."""

    def __init__(self, *found: Labels) -> None:
        self.found = list(found)
        self.asked: list[tuple[int, int, bool]] = []
        self.spec = topic_spec()

    def __call__(self, given: Material, vectors: Any, seed: int, *, place_versions: bool = False) -> Found:
        self.asked.append((len(given), seed, place_versions))
        its = self.found[len(self.asked) % len(self.found)][: len(given)]
        described = (("text",),) * (int(its.max()) + 1)
        return Found(its, its, described, described, 2.0)


@pytest.mark.usefixtures("words")
def test_both_are_measured_on_the_same_passages_and_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    its = material("en en en es es es", codes={"right": ("a", "a", "b", "b", None, "a")}, pairs=((0, 3),))
    ours, theirs = Finds(labels(0, 0, 1, 0, 1, 1)), Finds(labels(0, 0, 1, 0, -1, -1), labels(0, 0, 0, 1, 1, 1))
    monkeypatch.setattr(measures, "distinctive", lambda *_: [])  # imports all of BERTopic
    monkeypatch.setattr(quality, "bertopic", lambda *given: (theirs(*given),) * 2)
    monkeypatch.setattr(quality, "plain", theirs)
    said: list[str] = []
    made = quality.compared(its, unit(6), ours, 2, 3, said.append)
    assert ours.asked == theirs.asked
    assert len({seed for _, seed, _ in ours.asked[:2]}) == 2
    assert len(said) == 5
    assert [figures["topics"] for figures in made.runs[quality.OURS]] == [2, 2]
    assert made.runs[quality.OURS][0]["pairs in one topic"] == 1
    (stability,) = made.stability[quality.OURS]
    assert stability["adjusted Rand between seeds"] == 1
    assert made.stability[quality.THEIRS][0]["adjusted Rand between seeds"] != 1
    assert "adjusted Rand between resamples" not in made.stability[quality.THEIRS_REDUCED][0]


def test_versions_are_fitted_and_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    its = material("en en en es es es", pairs=((0, 3), (1, 4), (2, 5)))
    ours, theirs = Finds(labels(0, 0, 1, 0, 0, 1)), Finds(labels(0, 0, 0, 1, 1, 1))
    monkeypatch.setattr(translations, "plain", theirs)
    runs, split = translations.in_two_languages(its, unit(6), ours, 2, lambda line: None)
    assert [placed for _, _, placed in ours.asked] == [True, False] * 2
    assert [figures["pairs in one topic"] for figures in runs[translations.PLACED]] == [1, 1]
    assert [figures["pairs in one topic"] for figures in runs[translations.THEIRS]] == [0, 0]
    assert split[translations.THEIRS] == [{"en–es, 3 pairs": 0}] * 2


# --- what is told


def test_figures_are_told_as_means_with_their_range() -> None:
    assert shown("outliers", [0.1, 0.2]) == ".150 (.100 to .200)"
    assert shown("outliers", [-0.25]) == "-.250"
    assert shown("outliers", [1.0, 1.0]) == "1.000"
    assert shown("topics", [50.0, 52.0]) == "51 (50 to 52)"
    assert shown("seconds", [10.02, None]) == "10.0"
    assert shown("outliers", [None]) == "–"
    assert table("T", {"a": [{"outliers": 0.5}], "b": [{"topics": 3.0}]}).splitlines()[2:] == [
        "",
        "| | a | b |",
        "|---|---:|---:|",
        "| outliers | .500 | – |",
        "| topics | – | 3 |",
    ]


def test_results_are_kept_where_a_file_is_named(tmp_path: Path) -> None:
    keep(None, {})
    keep(tmp_path / "out.json", {"runs": [{"é": None}]})
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == {"runs": [{"é": None}]}


# --- the vectors


class Counting:
    version, dimensions = "counting-1", 4

    def __init__(self) -> None:
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> Any:
        self.texts += len(texts)
        return unit(len(texts))


def test_vectors_are_made_once_for_an_encoder_and_its_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    encoder, kept = Counting(), Cache(tmp_path / "cache")
    monkeypatch.setattr(cache, "load_encoder", lambda: encoder)
    monkeypatch.setattr(cache, "encoder_version", lambda: encoder.version)
    first = kept.vectors(["a", "b"])
    assert np.array_equal(kept.vectors(["a", "b"]), first)
    assert encoder.texts == 2
    kept.vectors(["ab", ""])
    assert encoder.texts == 4
    encoder.version = "counting-2"  # type: ignore[misc]
    kept.vectors(["a", "b"])
    assert encoder.texts == 6
    assert {path.stat().st_mode & 0o77 for path in (tmp_path / "cache").iterdir()} == {0}


# --- time


def test_so_many_passages_are_taken_and_others_are_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cache, "vectors", lambda _, texts: unit(len(texts)))
    monkeypatch.setattr(timing, "NEW", 2)
    given, new = timing.passages([material(), material("fr fr")], Cache(tmp_path), 5)
    assert (given.num_rows, new.num_rows) == (5, 2)
    assert all(text.startswith("text") and text.count("text") == 1 for text in [*given["text"].to_pylist(), *new["text"].to_pylist()])
    given, new = timing.passages([material()], Cache(tmp_path), 20)
    assert (given.num_rows, new.num_rows) == (20, 2)
    assert all(text.count("text") == 2 for text in given["text"].to_pylist())


def test_medians_stand_beside_what_was_asked_for_so_many_passages_alone() -> None:
    def runs(rows: int) -> list[dict[str, float]]:
        return [{"passages": rows, "seconds": at, "imports and compiling": 5.0, "GB at the peak": 1.25} for at in (50.0, 10.0, 20.0)]

    told = timing.report({"fit": runs(2_000), "many": runs(100_000)}).splitlines()
    assert "| find the topics of 2,000 passages | 20.0 | 60 | 5.0 s | 1.2 GB |" in told
    assert told[-1].endswith("| 20.0 | 600 | 5.0 s | 1.2 of 6 GB |")
    assert "| find the topics of 600 passages | 20.0 | – | 5.0 s | 1.2 GB |" in timing.report({"fit": runs(600)})


def test_the_command_writes_figures_and_no_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Cache, "vectors", lambda _, texts: unit(len(texts)))
    monkeypatch.setattr(Cache, "encoder", lambda _: "counting-1")
    monkeypatch.setattr(topics, "Consensus", lambda *_: Finds(labels(0, 0, 0, 0, 0, 0)))
    monkeypatch.setattr(translations, "plain", Finds(labels(0, 0, 0, 0, 0, 0)))
    path, out = bullets(tmp_path, ("AGO", "pt", 2), ("AGO", "en", 2)), tmp_path / "out.json"
    monkeypatch.setattr("sys.argv", ["topics.py", "translations", str(path), "--seeds", "2", "--cache", str(tmp_path), "--json", str(out)])
    topics.main()
    kept = json.loads(out.read_text("utf-8"))
    assert kept["encoder"] == "counting-1"
    assert kept["translations"]["HRMI"]["by languages"][translations.FITTED] == [{"en–pt, 2 pairs": 1.0}] * 2
    printed = capsys.readouterr()
    assert "### HRMI: 4 passages, mean of 2 seeds" in printed.out
    assert "pt 0" not in printed.out + printed.err + out.read_text("utf-8")
