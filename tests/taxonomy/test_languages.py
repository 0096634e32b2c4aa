from __future__ import annotations

import pytest

from taxonomy.languages import SURVEY_LANGUAGES, is_iso639_1, language_name, to_iso639_1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" Ko ", "ko"),
        ("pt-BR", "pt"),
        ("PT-BR", "pt"),
        ("ES-ES", "es"),
        ("es_419", "es"),
        ("en_US.UTF-8", "en"),
        ("zh-Hans", "zh"),
        ("zh-Hans-CN", "zh"),
        ("eng", "en"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("KOR", "ko"),
        ("English", "en"),
        ("ENGLISH", "en"),
        ("English (US)", "en"),
        ("Español", "es"),
        ("espanol", "es"),
        ("Español (Latinoamérica)", "es"),
        ("castellano", "es"),
        ("Français", "fr"),
        ("francés", "fr"),
        ("Português (Brasil)", "pt"),
        ("portugais", "pt"),
        ("한국어", "ko"),
        ("coréen", "ko"),
        ("영어", "en"),
        ("Deutsch", "de"),
        ("русский", "ru"),
        ("Swahili", "sw"),
    ],
)
def test_a_language_is_known_by_code_tag_or_name(text: str, code: str) -> None:
    assert to_iso639_1(text) == code


def test_every_survey_language_is_known_by_its_name_in_every_other() -> None:
    for code in SURVEY_LANGUAGES:
        assert {to_iso639_1(language_name(code, shown_in)) for shown_in in SURVEY_LANGUAGES} == {code}


@pytest.mark.parametrize("text", ["", " ", "-", "zz", "xx-YY", "Klingon", "n/a", "1", "()", "x" * 100_000])
def test_what_is_no_language_is_not_known(text: str) -> None:
    assert to_iso639_1(text) is None


def test_names_are_shown_in_the_reader_s_language() -> None:
    assert [language_name("pt", language) for language in SURVEY_LANGUAGES] == [
        "Portuguese",
        "portugués",
        "portugais",
        "português",
        "포르투갈어",
    ]
    assert language_name("xx") == "xx"


def test_only_lower_case_codes_are_codes() -> None:
    assert is_iso639_1("ko")
    assert not is_iso639_1("KO")
    assert not is_iso639_1("xx")
    assert not is_iso639_1("eng")
