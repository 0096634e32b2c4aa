"""The coder with a codebook of another survey: the same path, and nothing of the shipped codebook's in what comes out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models import coder as module
from models.coder import CueCoder, TrainedCoder, load_coder
from models.coding import Code, Coder, Coding, Passage
from models.combination import combine
from models.judgement import KINDS, FacetWeights
from models.labels import LabelledPassage
from models.scoring import Layout
from models.trained import SHIPPED, RememberedScores, Trained
from models.weighing import evidence_of, judge
from taxonomy import Codebook
from taxonomy.errors import ModelError
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.toy_codebook import namesake_codebook, toy_codebook

#: Words that the shipped codebook's rules, signals and company names would make much of.
OURS = "Shell, a company, lobbied the government and dismissed the union's workers in the car park."
HEADS_ALONE = (1.0, *(0.0 for _ in KINDS[1:]))


CODEBOOKS = {"toy": toy_codebook(), "namesake": namesake_codebook()}


@cache
def by_cues(name: str) -> CueCoder:
    return CueCoder(CODEBOOKS[name], CountingEncoder())


def coded(coder: Coder, *texts: str) -> list[Coding]:
    return coder.code([Passage(text, "en", "GBR") for text in texts], CountingEncoder().encode(texts))


def codes(coding: Coding) -> set[tuple[str, str]]:
    return {(code.facet, code.code) for code in coding.codes}


def trained(codebook: Codebook, scores: dict[str, NDArray[np.float32]], *, heads_of: Codebook | None = None) -> Trained:
    layout = Layout.of(heads_of or codebook)
    weights = {facet.facet: FacetWeights(HEADS_ALONE, (0.0,) * len(facet.codes)) for facet in layout.facets}
    return Trained(RememberedScores(layout, scores), weights, frozenset(), "toy")


def test_cues_and_one_value_of_each_facet_that_takes_one() -> None:
    glad, cross = coded(by_cues("toy"), "A lovely breakfast.", "Dreadful car park.")
    assert {("theme", "food"), ("mood", "glad")} <= codes(glad)
    assert {("theme", "parking"), ("mood", "cross")} <= codes(cross)
    for coding in (glad, cross):
        assert [code.facet for code in coding.codes].count("mood") == 1
        assert coding.claims == ()


def test_a_value_is_given_where_no_cue_stands_and_rests_on_the_whole_passage() -> None:
    text = "We came by train."
    (coding,) = coded(by_cues("toy"), text)
    (mood,) = [code for code in coding.codes if code.facet == "mood"]
    assert mood.evidence == "similarity"
    assert mood.review
    assert [(span.start, span.end) for span in mood.spans] == [(0, len(text))]


@pytest.mark.parametrize("text", ["n/a", "No.", "", OURS])
@pytest.mark.parametrize("name", CODEBOOKS)
def test_no_code_comes_out_that_the_codebook_does_not_have(name: str, text: str) -> None:
    codebook = CODEBOOKS[name]
    known = {(facet.id, code.id) for facet in codebook.facets for code in facet.codes}
    (coding,) = coded(by_cues(name), text)
    assert codes(coding) <= known
    assert {facet.id for facet in codebook.facets if facet.values == "one"} <= {code.facet for code in coding.codes}
    assert all((facet, code) in known for facet, told in coding.probabilities.items() for code in told)


def test_a_facet_of_the_same_name_goes_by_its_own_cues() -> None:
    (coding,) = coded(by_cues("namesake"), "A brisk Hamlet, and my coat was lost.")
    assert {("relevance", "cloakroom"), ("actor", "lead"), ("direction", "brisk")} <= codes(coding)


def test_trained_heads_decide_and_the_logic_of_the_shipped_codebook_keeps_out() -> None:
    codebook = namesake_codebook()
    layout = Layout.of(codebook)
    scores = np.full(layout.width, 4, np.float32)  # everything that many values allow, which the shipped rules would add to
    coder = TrainedCoder(by_cues("namesake"), trained(codebook, {OURS: scores}), "toy")
    (coding,) = coded(coder, OURS)
    assert codes(coding) <= set(layout.codes())
    assert {("labour", "minimum_wage"), ("right", "left_of_stage"), ("actor", "lead"), ("actor", "extra")} <= codes(coding)


def test_what_the_heads_know_and_the_codebook_no_longer_has_is_left_out() -> None:
    (theme, mood) = toy_codebook().facets
    smaller = toy_codebook().model_copy(update={"facets": (theme.model_copy(update={"codes": theme.codes[:2]}), mood)})
    text = "Breakfast in the car park."
    scores = np.asarray([-4, -4, 4, 0, 0, 0], np.float32)
    heads = trained(smaller, {text: scores}, heads_of=toy_codebook())
    (coding,) = coded(TrainedCoder(CueCoder(smaller, CountingEncoder()), heads, "toy"), text)
    assert ("theme", "parking") not in codes(coding)
    (whole,) = coded(TrainedCoder(by_cues("toy"), heads, "toy"), text)
    assert ("theme", "parking") in codes(whole)


def test_weights_of_evidence_are_fitted_on_any_codebook() -> None:
    rows = [
        LabelledPassage(str(n), Passage(f"A lovely breakfast, number {n}." if n % 2 else f"The bed, number {n}.", "en"), values)
        for n in range(20)
        for values in [{"theme": ("food",), "mood": ("glad",)} if n % 2 else {"theme": (), "mood": ("even",)}]
    ]
    layout = Layout.of(toy_codebook())
    cues = by_cues("toy")
    nothing = np.zeros((len(rows), layout.width), np.float32)  # the heads know nothing: cues alone have to tell
    tables = evidence_of(rows, nothing, cues, CountingEncoder().encode([row.passage.text for row in rows]), layout)
    weights = judge(rows, tables, layout, toy_codebook())
    remembered = RememberedScores(layout, {row.passage.text: nothing[0] for row in rows})
    codings = coded(TrainedCoder(cues, Trained(remembered, weights, frozenset(), ""), "toy"), *(row.passage.text for row in rows))
    for row, coding in zip(rows, codings, strict=True):
        assert {code for facet, code in codes(coding) if facet == "theme"} == set(row.values["theme"])
        assert {code for facet, code in codes(coding) if facet == "mood"} == set(row.values["mood"])


def test_a_folder_that_was_asked_for_has_to_hold_a_coder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no trained coder"):
        load_coder(toy_codebook(), CountingEncoder(), tmp_path)


def test_a_coder_of_another_codebook_is_refused_where_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "trained_version", lambda folder: "1")
    monkeypatch.setattr(module, "load_trained", lambda folder: trained(tiny_codebook(), {}))
    with pytest.raises(ModelError, match="another codebook"):
        load_coder(toy_codebook(), CountingEncoder(), tmp_path)
    with pytest.raises(ModelError, match="another codebook"):  # facets of the same name do not make it fit
        load_coder(toy_codebook().model_copy(update={"facets": namesake_codebook().facets[:3]}), CountingEncoder(), tmp_path)
    assert isinstance(load_coder(tiny_codebook(), CountingEncoder(), tmp_path), TrainedCoder)


def test_the_coder_that_ships_gives_way_to_cues_where_it_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "trained_version", lambda folder: "1")
    monkeypatch.setattr(module, "load_trained", lambda folder: trained(tiny_codebook(), {}))
    assert isinstance(load_coder(toy_codebook(), CountingEncoder()), CueCoder)
    assert isinstance(load_coder(tiny_codebook(), CountingEncoder(), SHIPPED), TrainedCoder)


def test_an_answers_passages_are_put_together_in_any_codebook() -> None:
    one = Coding((Code("theme", "food", 0.9, "cue"), Code("mood", "glad", 0.6, "cue")), (), {"mood": {"glad": 0.6}})
    other = Coding((Code("theme", "room", 0.4, "cue"), Code("mood", "cross", 0.7, "cue")), (), {"mood": {"cross": 0.7}})
    assert codes(combine([one, other], [0, 9], toy_codebook())) == {("theme", "food"), ("theme", "room"), ("mood", "cross")}
    assert combine([one, other], [0, 9], toy_codebook()).probabilities["mood"] == {"glad": 0.6, "cross": 0.7}


def test_values_are_put_together_only_by_words_that_the_codebook_has() -> None:
    one = Coding((Code("relevance", "play", 0.5, "cue"), Code("direction", "slow", 0.6, "cue")))
    other = Coding((Code("relevance", "cloakroom", 0.8, "cue"), Code("direction", "brisk", 0.4, "cue")))
    assert codes(combine([one, other], [0, 9], namesake_codebook())) == {("relevance", "cloakroom"), ("direction", "slow")}
