from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models import coder as module
from models.coder import CueCoder, by_whom, coder_version, load_coder
from models.coding import Coder, Coding, Passage
from taxonomy import load_codebook
from taxonomy.errors import ModelError
from tests.models.tiny_codebook import CountingEncoder, tiny_codebook

TEXTS = (
    "The bank lobbied against the bill and workers suffer. A company polluted the river.",
    "Police arrested protesters.",
    "n/a",
    "",
    "I am not aware of any influence.",
)


@pytest.fixture(scope="module")
def coder() -> CueCoder:
    return CueCoder(tiny_codebook(), CountingEncoder())


def coded(coder: Coder, *texts: str, language: str = "en", country: str | None = None, area: str | None = None) -> list[Coding]:
    passages = [Passage(text, language, country, area) for text in texts]
    return coder.code(passages, CountingEncoder().encode(texts))


def facets(coding: Coding) -> set[str]:
    return {code.facet for code in coding.codes}


def values(coding: Coding, facet: str) -> list[str]:
    return [code.code for code in coding.codes if code.facet == facet]


def test_every_substantive_passage_has_a_value_for_every_facet_with_one(coder: CueCoder) -> None:
    single = {facet.id for facet in tiny_codebook().facets if facet.values == "one"}
    for coding in coded(coder, TEXTS[0], TEXTS[1], TEXTS[4]):
        assert single <= facets(coding)
        assert all(len(values(coding, facet)) == 1 for facet in single)


def test_a_passage_without_content_has_its_relevance_alone(coder: CueCoder) -> None:
    for coding in coded(coder, "n/a", "", "---"):
        assert [(code.facet, code.code) for code in coding.codes] == [("relevance", "non_substantive")]
        assert coding.claims == ()


def test_codes_are_codes_of_the_codebook_and_spans_lie_in_the_text(coder: CueCoder) -> None:
    for text, coding in zip(TEXTS, coded(coder, *TEXTS), strict=True):
        for code in coding.codes:
            assert tiny_codebook().facet(code.facet).code(code.code)
            assert code.evidence in {"cue", "similarity", "rule", "default"}
            assert all(0 <= span.start < span.end <= len(text) for span in code.spans)
            assert coding.probabilities[code.facet][code.code] == code.confidence
        for claim in coding.claims:
            assert all(0 <= span.start < span.end <= len(text) for span in claim.spans)


def test_a_cue_is_quoted_to_the_letter(coder: CueCoder) -> None:
    text = "😀 Élite: the  BANKS lobbied."
    bank = next(code for code in coded(coder, text)[0].codes if code.code == "bank")
    assert [text[span.start : span.end] for span in bank.spans] == ["BANKS"]


def test_claims_link_each_actor_to_what_it_does(coder: CueCoder) -> None:
    claims = coded(coder, TEXTS[0])[0].claims
    assert {claim.actor for claim in claims} == {"bank", "corporation"}
    assert {claim.mechanism for claim in claims if claim.actor == "bank"} == {"lobbying"}


def test_the_area_asked_about_makes_its_rights_likelier(coder: CueCoder) -> None:
    passage = "The company came to the valley."
    likeness = [0.1] * sum(len(facet.codes) for facet in tiny_codebook().facets)
    without = coder._read(Passage(passage, "en"), likeness)
    within = coder._read(Passage(passage, "en", None, "empowerment"), likeness)
    assert within.similar["right"]["assembly"] > without.similar["right"]["assembly"]
    assert within.similar["right"]["work"] == without.similar["right"]["work"]


def test_a_passage_is_coded_the_same_in_any_company(coder: CueCoder) -> None:
    together = coded(coder, *TEXTS)
    assert together == [coded(coder, text)[0] for text in TEXTS]
    assert together == coded(CueCoder(tiny_codebook(), CountingEncoder()), *TEXTS)


def test_a_language_without_cues_is_coded_by_likeness_alone(coder: CueCoder) -> None:
    coding = coded(coder, "Die Firma schweigt.", language="de")[0]
    assert values(coding, "relevance")
    assert {code.evidence for code in coding.codes} <= {"similarity", "rule", "default"}


def test_in_a_language_without_cues_all_is_left_to_a_person(coder: CueCoder) -> None:
    for text in ("Die Firma schweigt.", "---"):
        assert all(code.review for code in coded(coder, text, language="de")[0].codes)
    assert not all(code.review for code in coded(coder, TEXTS[0])[0].codes)


def test_no_passages(coder: CueCoder) -> None:
    assert coder.code([], np.empty((0, 3), dtype=np.float32)) == []


def test_the_version_names_method_and_lists(coder: CueCoder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert coder.version.startswith(f"{module.CODER}+")
    monkeypatch.setattr(module, "lists_hash", lambda: "other")
    assert CueCoder(tiny_codebook(), CountingEncoder()).version == f"{module.CODER}+other"


def test_without_a_trained_part_the_cues_code_alone(coder: CueCoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHIPPED", tmp_path)
    for folder in (None, tmp_path):
        loaded = load_coder(tiny_codebook(), CountingEncoder(), folder)
        assert isinstance(loaded, CueCoder)
        assert loaded.version == coder_version(folder) == coder.version


def test_it_is_said_who_codes(coder: CueCoder) -> None:
    class Other:
        version = "other-1"

        def code(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> list[Coding]:
            return []

    assert by_whom(Other()) == "by the coder that ships"
    assert by_whom(Other(), Path("somewhere/ours")) == "by the coder in ours"
    assert by_whom(coder) == "by cues and likeness alone, because no trained coder knows this codebook"


def test_a_folder_that_was_asked_for_and_holds_no_trained_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no trained coder; make one with: suasion train --out"):
        load_coder(tiny_codebook(), CountingEncoder(), tmp_path)


@pytest.fixture(scope="module")
def shipped() -> CueCoder:
    return CueCoder(load_codebook(), CountingEncoder())


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("language", "text", "actor", "mechanism"),
    [
        ("en", "Foreign banks lobbied the government against the bill.", "bank", "lobbying"),
        ("es", "Los bancos extranjeros hicieron lobby contra la ley.", "bank", "lobbying"),
        ("fr", "Des banques étrangères ont fait du lobbying contre la loi.", "bank", "lobbying"),
        ("pt", "Bancos estrangeiros fizeram lobby contra a lei.", "bank", "lobbying"),
        ("ko", "외국 은행들이 법안에 반대하는 로비를 했다.", "bank", "lobbying"),
    ],
)
def test_it_reads_five_languages(shipped: CueCoder, language: str, text: str, actor: str, mechanism: str) -> None:
    coding = coded(shipped, text, language=language)[0]
    assert values(coding, "relevance") == ["influence"]
    assert actor in values(coding, "actor")
    assert mechanism in values(coding, "mechanism")
    assert values(coding, "direction") == ["discouraged"]
    assert "foreign" in values(coding, "origin")
