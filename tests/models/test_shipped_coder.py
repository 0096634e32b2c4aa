"""The coder that ships, in a module of its own: beside it no test may put a tiny transformer in place of the real one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.coder import TrainedCoder, load_coder
from models.coding import Passage
from models.trained import SHIPPED
from taxonomy import load_codebook
from tests.models.test_trained_coder import assert_read_from, given

SENTENCES = {
    "en": "Foreign banks lobbied the government against the labour bill, and workers were dismissed.",
    "es": "Los bancos extranjeros presionaron al gobierno contra la ley laboral y despidieron a trabajadores.",
    "fr": "Des banques étrangères ont fait pression sur le gouvernement contre la loi du travail.",
    "pt": "Bancos estrangeiros pressionaram o governo contra a lei trabalhista e demitiram trabalhadores.",
    "ko": "외국 은행들이 노동법에 반대하는 로비를 했고 노동자들이 해고되었다.",
    "de": "Ausländische Banken drängten die Regierung, das Arbeitsgesetz abzulehnen.",
}


@pytest.mark.real_models
def test_the_coder_that_ships_reads_every_language() -> None:
    from models.encoders import load_encoder

    book, encoder = load_codebook(), load_encoder()
    coder = load_coder(book, encoder)
    assert isinstance(coder, TrainedCoder), f"nothing trained ships in {SHIPPED}: suasion train makes it"
    texts = [*SENTENCES.values(), "", "👍", "Banks and 은행 y bancos lobbied."]
    passages = [Passage(text, language) for text, language in zip(texts, [*SENTENCES, "en", "en", "en"], strict=True)]
    vectors: NDArray[np.float32] = encoder.encode(texts)
    codings = coder.code(passages, vectors)
    for text, coding in zip(texts, codings, strict=True):
        assert_read_from(text, coding)
        assert all(book.facet(code.facet).code(code.code) for code in coding.codes)
    for language, coding in zip(SENTENCES, codings, strict=False):
        found = given(coding)
        assert found["relevance"] == {"influence"}, language
        assert "bank" in found["actor"], language
    alone = [coder.code([passage], vectors[place : place + 1])[0] for place, passage in enumerate(passages)]
    assert [given(coding) for coding in alone] == [given(coding) for coding in codings]
