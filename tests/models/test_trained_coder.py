from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.coder import CODER, CueCoder, TrainedCoder, coder_version, load_coder
from models.coding import Coder, Coding, Passage, Span
from models.judgement import KINDS, FacetWeights, Weights
from models.scorer import Scorer
from models.scoring import Layout, Scores
from models.trained import Trained, imprint, save_trained
from models.weighing import judge
from taxonomy import Codebook
from taxonomy.errors import ModelError
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook
from tests.models.tiny_transformer import LAYOUT, tiny_scorer, use_tiny_transformer
from tests.models.tiny_transformer import row as label

pytestmark = pytest.mark.training

WORD = Span(0, 4)


class Heads:
    """Scores every text alike: 4 for the codes that are named, -4 for the others; the evidence is the first four letters."""

    def __init__(self, *codes: str, layout: Layout = LAYOUT) -> None:
        self.layout = layout
        self.scored: list[list[str]] = []
        self._row = np.full(layout.width, -4.0, np.float32)
        for facet, _, code in (each.partition(":") for each in codes):
            self._row[layout[facet].start + layout[facet].codes.index(code)] = 4.0

    def score(self, texts: Sequence[str]) -> Scores:
        self.scored.append(list(texts))
        return Scores(np.tile(self._row, (len(texts), 1)), lambda text, code: (WORD,) if texts[text] else ())


def weights(layout: Layout = LAYOUT, **each: Any) -> Weights:
    """Weights by which the heads alone decide."""
    only_heads = tuple(1.0 if kind == "head" else 0.0 for kind in KINDS)
    return {facet.facet: FacetWeights(only_heads, (0.0,) * len(facet.codes), **each) for facet in layout.facets}


def trained(heads: Heads, by: Weights | None = None, learned: Sequence[str] = (), book: Codebook | None = None) -> TrainedCoder:
    part = Trained(heads, by or weights(heads.layout), frozenset(map(imprint, learned)), "1")
    return TrainedCoder(CueCoder(book or tiny_codebook(), CountingEncoder()), part, "trained-1")


def coded(coder: Coder, *texts: str, language: str = "en", country: str | None = None) -> list[Coding]:
    return coder.code([Passage(text, language, country) for text in texts], CountingEncoder().encode(texts))


def given(coding: Coding) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code in coding.codes:
        found.setdefault(code.facet, set()).add(code.code)
    return found


INFLUENCE = ("relevance:influence", "mode:passive", "direction:encouraged", "effect:harms", "responsibility:state", "awareness:knowing")


def test_the_heads_are_heard() -> None:
    heads = Heads(*INFLUENCE, "actor:investor", "mechanism:lobbying", "right:health")
    [coding] = coded(trained(heads), "They went to the ministry.")
    assert given(coding) == {
        "relevance": {"influence"}, "actor": {"investor"}, "mode": {"passive"}, "mechanism": {"lobbying"}, "direction": {"encouraged"},
        "effect": {"harms"}, "right": {"health"}, "responsibility": {"state"}, "awareness": {"knowing"},
    }  # fmt: skip
    for code in coding.codes:
        assert (code.evidence, code.spans) == ("model", (WORD,))
        assert coding.probabilities[code.facet][code.code] == pytest.approx(code.confidence, abs=0.001)
        assert not code.review
    assert [claim.actor for claim in coding.claims] == ["investor"]
    assert next(code.confidence for code in coding.codes if code.code == "investor") == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-3)


def test_the_words_of_a_cue_stand_before_those_of_the_heads() -> None:
    text = "Many a bank lobbied."
    [coding] = coded(trained(Heads(*INFLUENCE, "actor:bank", "actor:investor")), text)
    found = {code.code: code for code in coding.codes if code.facet == "actor"}
    assert (found["bank"].evidence, [text[s.start : s.end] for s in found["bank"].spans]) == ("cue", ["bank"])
    assert (found["investor"].evidence, found["investor"].spans) == ("model", (WORD,))


def test_what_is_not_sure_enough_is_left_to_a_person() -> None:
    [coding] = coded(trained(Heads(*INFLUENCE, "actor:investor"), weights(settle=0.9999)), "They went to the ministry.")
    assert {code.review for code in coding.codes if code.facet in ("relevance", "actor")} == {True}


def test_in_a_language_that_the_codebook_has_no_words_of_all_is_left_to_a_person() -> None:
    coder = trained(Heads(*INFLUENCE, "actor:investor"))
    [coding] = coded(coder, "Sie gingen zum Ministerium.", language="de")
    assert given(coding) == given(coded(coder, "They went to the ministry.")[0])
    assert all(code.review for code in coding.codes)
    assert all(code.review for code in coded(coder, "---", language="de")[0].codes)


def test_an_actor_and_a_mechanism_are_given_where_none_is_likely() -> None:
    [coding] = coded(trained(Heads(*INFLUENCE)), "They went to the ministry.")
    assert len(given(coding)["actor"]) == len(given(coding)["mechanism"]) == 1
    assert "right" not in given(coding)


def test_the_take_decides_what_is_given() -> None:
    low = {facet: replace(each, take=0.01) for facet, each in weights().items()}
    [coding] = coded(trained(Heads(*INFLUENCE), low), "They went to the ministry.")
    assert given(coding)["right"] == set(LAYOUT["right"].codes)


def test_a_passage_without_content_has_its_relevance_alone() -> None:
    heads = Heads(*INFLUENCE, "actor:bank")
    for text in ("n/a", "---"):
        [coding] = coded(trained(heads), text)
        assert given(coding) == {"relevance": {"non_substantive"}}
    [coding] = coded(trained(Heads("relevance:non_substantive", "actor:bank")), "Whatever they may say of it.")
    assert given(coding) == {"relevance": {"non_substantive"}}
    assert coding.claims == ()


def test_a_passage_that_was_learned_from_is_marked_whatever_it_says() -> None:
    coder = trained(Heads(*INFLUENCE), learned=["The Bank LOBBIED.", "n/a"])
    assert [coding.learned_from for coding in coded(coder, "the bank lobbied.", "N/A", "A bank lobbied.")] == [True, True, False]


def test_passages_are_scored_in_chunks_and_none_changes_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.coder._CHUNK", 2)
    heads = Heads(*INFLUENCE, "actor:bank")
    texts = ("The bank lobbied.", "n/a", "", "Two.", "The company pollutes the river.")
    together = coded(trained(heads), *texts)
    assert [len(each) for each in heads.scored] == [2, 2, 1]
    assert together == [coded(trained(heads), text)[0] for text in texts]
    assert trained(heads).code([], np.zeros((0, 3), np.float32)) == []


# A codebook that is not quite the one that the heads were trained for


def changed(facet: str, *codes: str) -> Codebook:
    """The tiny codebook with these codes of a facet alone; without any, the facet is left out."""
    told = tiny_codebook().model_dump(by_alias=True)
    told["facets"] = [each for each in told["facets"] if codes or each["id"] != facet]
    for each in told["facets"]:
        if each["id"] == facet:
            each["codes"] = [code for code in each["codes"] if code["id"] in codes]
    return Codebook.model_validate(told)


def test_codes_that_the_codebook_no_longer_has_are_not_given() -> None:
    heads = Heads("relevance:influence", "mode:unclear", "actor:investor", "actor:bank")
    book = changed("actor", "bank", "corporation")
    [coding] = coded(trained(heads, book=book), "Text about it.")
    assert given(coding)["actor"] == {"bank"}
    assert set(coding.probabilities["actor"]) <= {"bank", "corporation"}
    book = changed("mode", "active", "both")
    [coding] = coded(trained(heads, book=book), "Text about it.")
    assert given(coding)["mode"] <= {"active", "both"}
    assert set(coding.probabilities["mode"]) == {"active", "both"}


def test_rules_bring_no_codes_that_the_codebook_does_not_have() -> None:
    heads = Heads("relevance:influence", "labour:association_bargaining")
    [coding] = coded(trained(heads, book=changed("right", "work", "health")), "Text about it.")
    assert given(coding)["right"] == {"work"}


def test_a_facet_that_the_heads_do_not_know_is_left_to_the_cues() -> None:
    layout = Layout.of(changed("industry"))
    heads = Heads(*INFLUENCE, layout=layout)
    [coding] = coded(trained(heads), "A mining company.")
    assert given(coding)["industry"] == {"mining"}
    assert coding.probabilities["industry"]["mining"] == next(code.confidence for code in coding.codes if code.code == "mining")


def test_a_facet_that_no_passage_told_the_heads_of_is_left_to_the_cues() -> None:
    rows = [label("a", "The bank lobbied.", relevance="influence", actor="bank", mode="passive")] * 40
    fitted = judge(rows, np.zeros((len(rows), LAYOUT.width, len(KINDS))), LAYOUT, tiny_codebook())
    heads = Heads(*INFLUENCE, *(f"right:{code}" for code in LAYOUT["right"].codes), "awareness:knowing")
    [coding] = coded(trained(heads, {**fitted, "relevance": weights()["relevance"]}), "Protests on the river bank were stopped on purpose.")
    [alone] = coded(CueCoder(tiny_codebook(), CountingEncoder()), "Protests on the river bank were stopped on purpose.")
    for facet in ("right", "mechanism", "awareness"):
        told = [code for code in coding.codes if code.facet == facet]
        assert told == [code for code in alone.codes if code.facet == facet]
        assert coding.probabilities[facet] == {code.code: code.confidence for code in told}
    assert given(coding)["right"] == {"environment"}


def test_a_code_that_the_heads_do_not_know_is_left_to_the_cues() -> None:
    layout = Layout.of(changed("actor", "corporation", "investor"))
    [coding] = coded(trained(Heads(*INFLUENCE, "actor:investor", layout=layout)), "The bank.")
    assert given(coding)["actor"] == {"investor", "bank"}


# Loading


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_transformer(patch)
        yield tiny_scorer()


def test_a_folder_with_a_trained_part_gives_a_trained_coder(scorer: Scorer, tmp_path: Path) -> None:
    text = "El banco presionó al gobierno contra la ley del trabajo."
    save_trained(tmp_path, scorer, weights(), [Passage(text, "es")])
    loaded = load_coder(tiny_codebook(), CountingEncoder(), tmp_path)
    assert isinstance(loaded, TrainedCoder)
    assert loaded.version == coder_version(tmp_path)
    assert loaded.version.startswith(f"{coder_version(None)}+")
    assert loaded.version.startswith(CODER)
    assert coded(loaded, text.upper())[0].learned_from


TEXTS = (
    "the bank lobbied in the north",
    "one",
    "😀 😀😀",
    "",
    " ",
    "n/a",
    "word " * 5000,
    "El banco lobbied para el lobby, and nobody said.",
)


def test_every_code_has_words_unless_there_are_none(scorer: Scorer) -> None:
    coder = TrainedCoder(CueCoder(tiny_codebook(), CountingEncoder()), Trained(scorer, weights(), frozenset(), "1"), "trained-1")
    for text, coding in zip(TEXTS, coded(coder, *TEXTS), strict=True):
        assert_read_from(text, coding)


def assert_read_from(text: str, coding: Coding) -> None:
    for code in coding.codes:
        assert code.spans or not text.strip(), f"{code.facet}:{code.code}"
        for span in code.spans:
            assert 0 <= span.start < span.end <= len(text)
    for claim in coding.claims:
        assert all(0 <= span.start < span.end <= len(text) for span in claim.spans)


def test_heads_for_quite_another_codebook_are_refused(scorer: Scorer, tmp_path: Path) -> None:
    save_trained(tmp_path, scorer, weights(), [])
    told = tiny_codebook().model_dump(by_alias=True)
    told["facets"] = [each | {"id": "colour"} for each in told["facets"] if each["id"] == "awareness"]
    with pytest.raises(ModelError, match=r"was trained for another codebook; none of its codes is in this one \(Tiny\)"):
        load_coder(Codebook.model_validate(told), CountingEncoder(), tmp_path)
