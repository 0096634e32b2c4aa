from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.normalisation import Normalised, fold, lemma, normalise


def slices(text: str, normalised: Normalised) -> list[str]:
    return [text[start:end] for start, end in zip(normalised.starts, normalised.ends, strict=True)]


def norms(text: str, language: str) -> list[str]:
    return [token.norm_ for token in normalise(text, language).doc]


def lemmas(text: str, language: str) -> list[str]:
    return [token.lemma_ for token in normalise(text, language).doc]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Économie", "economie"),
        ("AÇÃO", "acao"),
        ("l’usine", "l'usine"),
        ("Straße", "strasse"),
        ("노동자", "노동자"),
        ("e\u0301lite", "elite"),
    ],
)
def test_folding_drops_case_and_diacritics(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_decomposed_hangul_is_composed_again() -> None:
    assert fold(unicodedata.normalize("NFD", "회사")) == "회사"


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("en", "companies", "company"),
        ("en", "Paid", "pay"),
        ("es", "Empresas", "empresa"),
        ("fr", "banques", "banque"),
        ("pt", "demissões", "demissao"),
    ],
)
def test_a_lemma_is_the_folded_dictionary_form(language: str, word: str, expected: str) -> None:
    assert lemma(word, language) == expected


def test_a_language_without_lemmas_keeps_the_surface() -> None:
    assert lemmas("Die Unternehmen zahlten", "de") == ["die", "unternehmen", "zahlten"]


def test_words_stand_where_the_text_has_them() -> None:
    text = "The 😀 workers’ union didn't protest."
    normalised = normalise(text, "en")
    assert slices(text, normalised) == ["😀", "workers", "’", "union", "did", "n't", "protest", "."]
    assert normalised.doc[1].lemma_ == "worker"


def test_articles_are_left_out_and_contractions_undone() -> None:
    assert lemmas("los derechos del trabajador", "es") == ["derecho", "de", "trabajador"]
    assert lemmas("la violation des droits", "fr") == ["violation", "de", "droit"]
    assert norms("a reforma do código", "pt") == ["reforma", "do", "codigo"]
    assert lemmas("a reforma do código", "pt")[1] == "de"


def test_elisions_part_from_their_word() -> None:
    text = "L’entreprise n’a pas payé aujourd’hui"
    assert slices(text, normalise(text, "fr")) == ["entreprise", "n’", "a", "pas", "payé", "aujourd’hui"]


def test_a_hyphen_joins_no_more_than_a_space() -> None:
    assert norms("anti-union trade-union", "en") == norms("anti union trade union", "en")


def test_abbreviations_and_numbers_stay_whole() -> None:
    text = "U.S. firms pay 1,500.50 each."
    assert slices(text, normalise(text, "en")) == ["U.S.", "firms", "pay", "1,500.50", "each", "."]


def test_a_span_covers_its_words() -> None:
    text = "They paid bribes to the police."
    normalised = normalise(text, "en")
    span = normalised.span(1, 3)
    assert text[span.start : span.end] == "paid bribes"


def test_sentences_are_counted_at_their_ends() -> None:
    normalised = normalise("Banks lent. Firms lobbied; nobody spoke", "en")
    assert normalised.sentences == (0, 0, 0, 1, 1, 1, 2, 2)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "---", "\u200b"])
@pytest.mark.parametrize("language", ["en", "fr", "xx"])
def test_texts_without_words(text: str, language: str) -> None:
    normalised = normalise(text, language)
    assert len(normalised) <= len(text)
    assert len(normalised.sentences) == len(normalised)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80), language=st.sampled_from(["en", "es", "fr", "pt", "de"]))
def test_offsets_are_exact_whatever_the_text(text: str, language: str) -> None:
    normalised = normalise(text, language)
    for token, start, end in zip(normalised.doc, normalised.starts, normalised.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert fold(text[start:end]) == token.norm_
    assert list(normalised.starts) == sorted(normalised.starts)


@pytest.mark.real_models
class TestKorean:
    def test_particles_and_endings_are_left_out(self) -> None:
        text = "노동자들이 😀 파업했다. 회사는 임금을 주지 않았다."
        normalised = normalise(text, "ko")
        assert [token.norm_ for token in normalised.doc] == ["노동자", "😀", "파업", ".", "회사", "임금", "주", "않", "."]
        assert slices(text, normalised)[:3] == ["노동자", "😀", "파업"]

    def test_a_phrase_reads_the_same_alone_and_in_a_sentence(self) -> None:
        alone = norms("최저임금", "ko")
        inside = norms("그 회사는 최저임금을 주지 않는다.", "ko")
        assert any(inside[i : i + len(alone)] == alone for i in range(len(inside)))

    def test_offsets_stay_inside_the_text(self) -> None:
        for text in ("", "...", "회사", "𠀋 회사\x00 가", unicodedata.normalize("NFD", "노동자 회사")):
            normalised = normalise(text, "ko")
            assert all(0 <= s < e <= len(text) for s, e in zip(normalised.starts, normalised.ends, strict=True))


@pytest.mark.parametrize("word", ["compan\u0303i\u0301as", "\u202ecompañías\u202c", "compa\u200bñías"])
def test_marks_and_hidden_characters_change_no_word(word: str) -> None:
    assert fold(word) == "companias"
    assert lemma(word, "es") == lemma("compañías", "es") == "compania"
