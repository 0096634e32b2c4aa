"""The masks of a protected survey, with the models that ship."""

from __future__ import annotations

import pytest

from models.masking import KINDS, MASKER, Masking, Protection, mask, masked_text, masked_texts
from models.naming import name_like
from models.tables import MASKED
from tests.models.test_masking import UNTOUCHED_TEXTS, answers, restored

PROTECTED = Masking(Protection.PROTECTED)

TEXTS = [
    ("en", "Peter Juhasz met Thomas Kiplagat of Shell.", "[person] met [person] of Shell."),
    ("en", "As a lawyer for evicted families I saw it on 3 March 2019.", "As [self] I saw it on [date]."),
    ("en", "President Ruto visited the village of Kaptembwo.", "President Ruto visited the village of [place]."),
    ("fr", "M. Lefèvre a signé à Paris.", "M. [person] a signé à Paris."),
    ("es", "yo, Juan Pérez, tengo cédula 1.032.456.789", "yo, [person], tengo cédula [id]"),
    ("pt", "A Sra. Luzia Domingos foi demitida em 14 de março.", "A Sra. [person] foi demitida em [date]."),
    ("ko", "김영호 씨가 롯데에서 해고됐다. 010-9876-5432로 전화", "[person] 씨가 롯데에서 해고됐다. [phone]로 전화"),
    ("ko", "문재인 대통령과 박지은이 만났다.", "문재인 대통령과 [person]이 만났다."),
    ("en", "BI 004589632LA041, 923 121 275, 2345 6789 0124", "BI [id], [phone], [id]"),
]


@pytest.mark.real_models
@pytest.mark.parametrize(("language", "text", "masked"), TEXTS)
def test_persons_dates_places_and_revealing_words_are_masked(language: str, text: str, masked: str) -> None:
    found, masks = masked_text(text, language, PROTECTED)
    assert found == masked
    assert restored(text, found, masks) == text
    assert {each.kind for each in masks} <= set(KINDS)


@pytest.mark.real_models
def test_a_batch_says_what_single_texts_say_and_says_it_again() -> None:
    texts, languages = [text for _, text, _ in TEXTS], [language for language, _, _ in TEXTS]
    together = masked_texts(texts, languages, PROTECTED)
    assert together == [masked_text(text, language, PROTECTED) for text, language in zip(texts, languages, strict=True)]
    assert together == masked_texts(texts, languages, PROTECTED)


@pytest.mark.real_models
def test_a_public_survey_keeps_names_and_has_its_own_version() -> None:
    assert masked_text("Peter Juhasz, 3 March 2019, my village")[1] == ()
    assert Masking().version == MASKER
    assert PROTECTED.version != MASKER
    assert PROTECTED.version == Masking(Protection.INVENTED).version


@pytest.mark.real_models
def test_the_stage_writes_the_version_of_the_protection() -> None:
    made = mask(answers("Thomas Kiplagat left.", ""), PROTECTED).made
    assert made.schema.equals(MASKED)
    assert made["masked"].to_pylist() == ["[person] left.", ""]
    assert made["masker"].to_pylist() == [PROTECTED.version] * 2


@pytest.mark.real_models
@pytest.mark.parametrize(("country", "number"), [("BFA", "70 12 34 56"), ("FJI", "321 2345"), ("PAN", "200-1234")])
def test_telephone_numbers_of_the_country_asked_about_are_found(country: str, number: str) -> None:
    text = f"Ask at {number} about the 321 people of 2012-2014 and the 2500000 pesos."
    ((masked, _), (without, _)) = masked_texts([text] * 2, ["en"] * 2, PROTECTED, [country, None])
    assert masked == text.replace(number, "[phone]")
    assert without == text


@pytest.mark.real_models
@pytest.mark.parametrize("text", [UNTOUCHED_TEXTS[0], UNTOUCHED_TEXTS[1], UNTOUCHED_TEXTS[2], UNTOUCHED_TEXTS[7]])
def test_laws_years_and_amounts_stay_in_a_protected_survey_too(text: str) -> None:
    assert masked_text(text, "en", PROTECTED) == (text, ())


@pytest.mark.real_models
def test_a_masked_text_shows_what_still_looks_like_a_name() -> None:
    text = "[person] fears the Qwertz mine; Zzyqx knows."
    assert [text[span.start : span.end] for span in name_like(text, "en")] == ["Qwertz", "Zzyqx"]
    assert name_like("[person] left [place] on [date]; see [url].", "en") == ()
