from __future__ import annotations

import pytest

from models.language import CERTAIN, LONG_ENOUGH, Identified, identify

SPANISH = "Las empresas mineras presionaron al gobierno para cambiar la ley de aguas."


def test_a_single_language_needs_no_reading() -> None:
    assert identify("whatever", ["fr"], None) == Identified("fr", 1.0)
    assert identify("whatever", ["fr"], "fr") == Identified("fr", 1.0)


def test_no_language_at_all_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one candidate"):
        identify("whatever", [], None)


@pytest.mark.parametrize("text", ["", "12 %", "-", "[email] [phone]"])
def test_a_text_without_letters_has_the_declared_language_and_no_confidence(text: str) -> None:
    assert identify(text, ["en", "es"], "es") == Identified("es", 0.0)
    assert identify(text, ["en", "es"], None) == Identified("en", 0.0)


def test_hangul_is_korean_and_its_absence_is_not() -> None:
    assert identify("기업이 로비를 했다", ["en", "ko"], None) == Identified("ko", 1.0)
    assert identify("삼성 (Samsung) 로비", ["en", "es", "ko"], None) == Identified("ko", 1.0)
    assert identify("Companies lobbied", ["en", "ko"], None) == Identified("en", 1.0)


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SPANISH, "es"),
        ("As empresas pressionaram o governo para mudar a lei do trabalho.", "pt"),
        ("Les entreprises ont fait pression sur le gouvernement.", "fr"),
        ("The companies put pressure on the government.", "en"),
    ],
)
def test_an_undeclared_language_is_told(text: str, language: str) -> None:
    found = identify(text, ["en", "es", "fr", "pt", "ko"], None)
    assert found.language == language
    assert 0.9 < found.confidence <= 1


@pytest.mark.real_models
def test_a_declared_language_stands_in_a_short_text() -> None:
    short = "No comment."
    assert identify(short, ["en", "fr"], "fr").language == "fr"
    assert identify(SPANISH[: LONG_ENOUGH - 10], ["en", "es"], "en").language == "en"
    assert identify(SPANISH[: LONG_ENOUGH - 10], ["en", "es"], "en").confidence < 0.5


@pytest.mark.real_models
def test_a_long_enough_text_contradicts_the_declared_language() -> None:
    found = identify(SPANISH, ["en", "es"], "en")
    assert found.language == "es"
    assert found.confidence >= CERTAIN


@pytest.mark.real_models
def test_only_candidates_are_considered() -> None:
    assert identify(SPANISH, ["en", "fr"], None).language in {"en", "fr"}
    assert identify(SPANISH, ["xx", "yy"], None) == Identified("xx", 0.0)


@pytest.mark.real_models
def test_placeholders_are_not_read() -> None:
    assert identify(f"{'[email] ' * 20}¿Y las empresas?", ["en", "es"], None).language == "es"
