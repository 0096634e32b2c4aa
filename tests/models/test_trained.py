from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from models import trained as module
from models.coding import Passage, Span
from models.judgement import KINDS, FacetWeights
from models.scorer import Scorer
from models.trained import (
    HEADS,
    JUDGEMENT,
    LEARNED,
    RememberedScores,
    Trained,
    imprint,
    imprints,
    load_trained,
    save_learned,
    save_trained,
    taking_the_place_of,
    trained_version,
)
from taxonomy.errors import ModelError
from tests.models.tiny_transformer import LAYOUT, tiny_scorer, use_tiny_transformer

pytestmark = pytest.mark.training

TEXTS = ("Os bancos fizeram lobby.", "Élite du café")
LEARNED_FROM = Passage("Os bancos fizeram lobby contra a lei do trabalho. O governo retirou a proposta depois de tudo isso.", "pt")
WEIGHTS = {
    facet.facet: FacetWeights(
        (1 / 3,) * len(KINDS), (0.123456789,) * len(facet.codes), (0.1,) * len(facet.codes) if facet.one else (), 0.4, 0.6
    )
    for facet in LAYOUT.facets
}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_transformer(patch)
        yield tiny_scorer()


@pytest.fixture(scope="module")
def kept(scorer: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "trained"
    save_trained(folder, scorer, WEIGHTS, [LEARNED_FROM])
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(kept, tmp_path / "trained"))


def test_what_was_saved_is_loaded(folder: Path, scorer: Scorer) -> None:
    trained = load_trained(folder)
    assert trained.scorer.layout == LAYOUT
    assert trained.version == trained_version(folder)
    assert set(trained.weights) == set(WEIGHTS)
    for facet, known in WEIGHTS.items():
        found = trained.weights[facet]
        assert (found.take, found.settle, len(found.tilt)) == (known.take, known.settle, len(known.tilt))
        np.testing.assert_allclose(found.weights, known.weights, atol=1e-5)
        np.testing.assert_allclose(found.levels, known.levels, atol=1e-5)
    np.testing.assert_allclose(trained.scorer.score(TEXTS).values, scorer.score(TEXTS).values, atol=0.05, rtol=1e-2)
    assert load_trained(folder) is trained


def test_of_what_was_learned_from_only_imprints_are_kept(folder: Path) -> None:
    assert json.loads((folder / LEARNED).read_text("utf-8")) == sorted(imprints([LEARNED_FROM]))
    for file in folder.iterdir():
        assert b"bancos" not in file.read_bytes()


def test_the_passages_of_a_text_are_recognised_as_well_as_the_whole_of_it(folder: Path) -> None:
    trained = load_trained(folder)
    first, second = LEARNED_FROM.text.split(". ")
    for text in (LEARNED_FROM.text, f"{first}.", second.upper()):
        assert trained.learned_from(text)
    assert not trained.learned_from(f"{first}. {first}.")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 40, 1),
        ("a" * 39, 1),
        # The whole, and the one passage of it that is long enough to be no chance.
        ("Los bancos presionaron mucho.\n- Pagaron campañas contra la nueva ley del trabajo.", 2),
    ],
)
def test_every_whole_text_leaves_an_imprint_and_every_long_passage_of_it(text: str, count: int) -> None:
    assert len(imprints([Passage(text, "es")])) == count


def test_the_imprints_alone_can_be_made_anew(folder: Path) -> None:
    save_learned(folder, [Passage("a" * 40, "es")])
    assert json.loads((folder / LEARNED).read_text("utf-8")) == [imprint("A" * 40)]
    assert load_trained(folder).learned_from("a" * 40)


@pytest.mark.parametrize(
    ("text", "learned"),
    [
        ("Os bancos fizeram lobby.", True),
        ("OS BANCOS FIZERAM LOBBY.", True),
        ("elite du cafe", True),
        ("E\u0301lite du cafe\u0301", True),
        ("Os bancos fizeram lobby. Outra vez.", False),
        ("bancos fizeram lobby.", False),
        ("", False),
    ],
)
def test_a_text_is_recognised_whatever_its_case_and_accents(text: str, learned: bool) -> None:
    trained = Trained(RememberedScores(LAYOUT, {}), WEIGHTS, frozenset(map(imprint, TEXTS)), "")
    assert trained.learned_from(text) is learned


def test_an_imprint_can_be_made_of_anything() -> None:
    assert imprint("e\ud800f")
    assert len({imprint(text) for text in ("", "a", "b", "은행", "😀")}) == 5


def test_the_version_follows_heads_and_judgement(folder: Path) -> None:
    before = trained_version(folder)
    (folder / LEARNED).write_text("[]", "utf-8")
    assert trained_version(folder) == before
    (folder / JUDGEMENT).write_text((folder / JUDGEMENT).read_text("utf-8").replace("0.4", "0.5"), "utf-8")
    assert trained_version(folder) not in (before, "")


def test_where_nothing_was_trained_there_is_no_version(tmp_path: Path) -> None:
    assert trained_version(tmp_path) == ""
    assert trained_version(tmp_path / "missing") == ""


def test_a_folder_without_its_judgement_is_refused(folder: Path) -> None:
    (folder / JUDGEMENT).unlink()
    with pytest.raises(ModelError, match="is not a whole trained coder"):
        trained_version(folder)
    with pytest.raises(ModelError, match=r"judgement\.json: cannot be read"):
        load_trained(folder)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (JUDGEMENT, "{"),
        (JUDGEMENT, "[]"),
        (JUDGEMENT, '{"relevance": {"weights": "heavy"}}'),
        (LEARNED, '{"a": 1}'),
        (LEARNED, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
)
def test_damaged_judgement_or_imprints_are_refused(file: str, content: str, folder: Path) -> None:
    (folder / file).write_text(content, "latin-1")
    with pytest.raises(ModelError, match="does not hold what it should; train anew"):
        load_trained(folder)


@pytest.mark.parametrize(("fault", "facet"), [("unknown", "moods"), ("kinds", "mode"), ("codes", "mode"), ("tilt", "mode")])
def test_judgement_that_does_not_fit_the_heads_is_refused(fault: str, facet: str, folder: Path) -> None:
    told = json.loads((folder / JUDGEMENT).read_text("utf-8"))
    facets = told["facets"]
    if fault == "unknown":
        facets["moods"] = facets["mode"]
    elif fault == "kinds":
        facets["mode"]["weights"].pop()
    elif fault == "codes":
        facets["mode"]["levels"].append(0.0)
    else:
        facets["mode"]["tilt"].pop()
    (folder / JUDGEMENT).write_text(json.dumps(told), "utf-8")
    with pytest.raises(ModelError, match=rf"{JUDGEMENT} does not fit {HEADS} in the facet {facet};"):
        load_trained(folder)


def test_a_facet_that_was_never_asked_has_no_judgement(scorer: Scorer, tmp_path: Path) -> None:
    asked = {facet: fitted for facet, fitted in WEIGHTS.items() if facet != "mode"}
    save_trained(tmp_path / "trained", scorer, asked, [])
    assert set(load_trained(tmp_path / "trained").weights) == set(asked)


def test_judgement_of_other_heads_is_refused(folder: Path) -> None:
    told = json.loads((folder / JUDGEMENT).read_text("utf-8"))
    assert told["heads"] == hashlib.sha256((folder / HEADS).read_bytes()).hexdigest()
    (folder / JUDGEMENT).write_text(json.dumps(told | {"heads": "0" * 64}), "utf-8")
    with pytest.raises(ModelError, match=rf"{JUDGEMENT} was fitted to other heads than {HEADS}; train anew"):
        load_trained(folder)


# Writing where there is something already


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def test_new_files_take_the_place_of_old_ones_and_of_no_others(tmp_path: Path) -> None:
    for name in (HEADS, JUDGEMENT, "notes.txt"):
        (tmp_path / name).write_text("old")
    with taking_the_place_of(tmp_path) as fresh:
        assert not list(fresh.iterdir())
        for name in (HEADS, JUDGEMENT, LEARNED):
            (fresh / name).write_text("new")
        assert (tmp_path / HEADS).read_text() == "old"
    assert contents(tmp_path) == {HEADS: "new", JUDGEMENT: "new", LEARNED: "new", "notes.txt": "old"}


def test_a_writing_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    for name in (HEADS, JUDGEMENT):
        (tmp_path / name).write_text("old")
    with suppress(KeyboardInterrupt), taking_the_place_of(tmp_path) as fresh:
        (fresh / HEADS).write_text("new")
        raise KeyboardInterrupt
    assert contents(tmp_path) == {HEADS: "old", JUDGEMENT: "old"}


def test_a_part_that_was_swapped_by_half_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, moved = Path.replace, []

    def killed(file: Path, target: Path) -> Path:
        if moved:
            raise KeyboardInterrupt
        moved.append(file.name)
        return replace(file, target)

    for name in (HEADS, JUDGEMENT, LEARNED):
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(Path, "replace", killed)
    with suppress(KeyboardInterrupt), taking_the_place_of(tmp_path) as fresh:
        for name in (HEADS, JUDGEMENT, LEARNED):
            (fresh / name).write_text("new")
    assert set(contents(tmp_path)) == {HEADS, LEARNED}
    with pytest.raises(ModelError, match="is not a whole trained coder"):
        trained_version(tmp_path)


def test_damaged_heads_are_refused(folder: Path) -> None:
    (folder / HEADS).write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be read as the weights of a coder"):
        load_trained(folder)


def test_remembered_scores_are_found_by_text_and_tell_no_words() -> None:
    remembered = RememberedScores(LAYOUT, {"a": np.ones(3, np.float32), "b": np.zeros(3, np.float32)})
    scores = remembered.score(["b", "a", "b"])
    assert scores.values[:, 0].tolist() == [0, 1, 0]
    assert scores.evidence(0, 0) == ()
    with pytest.raises(KeyError):
        remembered.score(["c"])


def test_numbers_are_written_short() -> None:
    assert module._rounded({"a": [1 / 3, {"b": 2 / 3}], "c": "text", "d": 1}) == {"a": [0.33333, {"b": 0.66667}], "c": "text", "d": 1}


def test_a_scorer_tells_its_evidence_through_what_was_loaded(folder: Path) -> None:
    scores = load_trained(folder).scorer.score(["lobbied"])
    assert scores.evidence(0, 0) == (Span(0, 7),)
