from __future__ import annotations

import pytest

from models.coding import Span
from models.sentences import chunks, sentences, trimmed


def cut(text: str, language: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, Span(0, len(text)), language)]


BY_RULE = [
    (
        "es",
        "La ley pasó. Ellos pagaron 3.5 millones. ¿Quién? ¡Nadie! Fin",
        ["La ley pasó.", "Ellos pagaron 3.5 millones.", "¿Quién?", "¡Nadie!", "Fin"],
    ),
    ("es", "El Sr. Pérez y la Dra. Gil citaron el art. 3 y la ley núm. 1257.", None),
    ("es", "Presionaron a EE.UU. para firmar. Luego, p. ej., Shell pagó, etc. Nadie habló.", 3),
    ("es", "Lo dijo la empresa Vale S.A. Los obreros callaron.", 2),
    ("es", "La empresa Vale S.A. Brasil pagó.", None),
    ("pt", "O Dr. Silva (art. 5.º) falou. A Vale pagou n.º 12. Fim", 3),
    ("pt", "Os trabalhadores… não sabem. Nada!", 2),
    ("fr", "M. Dupont, p. ex., a lu l'art. 3 de la loi n° 12. Ils ont payé 3,5 M€. Fini !", 3),
    ("fr", "Il a dit « Non. » Puis il est parti.", 2),
    ("en", 'Mr. J. Smith paid No. 5. "They left." He said: "Why?" and left.', 3),
    ("en", "They asked, what now?! nobody knew. No. They refused.", 3),
    ("en", "It fell by 3.5 percent vs. 2 percent in 2020. In 2021 it rose.", 2),
    ("en", "They lost their rights.The next day they left.", 2),
    ("en", "See [url]. Node.js and index.html stay.", 2),
    ("zh", "公司游说政府。他们支付了钱！", 2),
    ("hi", "कंपनी ने पैसा दिया। मजदूर चुप रहे।", 2),
    ("xx", "One thing. Another thing.", 2),
]


@pytest.mark.parametrize(("language", "text", "expected"), BY_RULE)
def test_rules_find_the_sentences(language: str, text: str, expected: list[str] | int | None) -> None:
    found = cut(text, language)
    if isinstance(expected, list):
        assert found == expected
    else:
        assert len(found) == (expected or 1), found
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "\U0001f600 Uno.  Dos. \u200b"
    spans = sentences(text, Span(1, len(text)), "es")
    assert spans == [Span(2, 6), Span(8, 12)]


def test_white_space_and_invisible_marks_are_trimmed() -> None:
    assert trimmed("\ufeff \u00a0a b\n\u200b", Span(0, 8)) == Span(3, 6)
    assert trimmed(" \n ", Span(0, 3)) == Span(3, 3)


def test_chunks_prefer_the_end_of_a_sentence_then_a_comma_then_a_space() -> None:
    def cut_at(text: str) -> list[str]:
        return [text[chunk.start : chunk.end] for chunk in chunks(text, Span(0, len(text)), 20)]

    assert cut_at("short") == ["short"]
    assert cut_at("one two, three; four five six") == ["one two, three; ", "four five six"]
    assert cut_at("one two three, four five six") == ["one two three, ", "four five six"]
    assert cut_at("one two three four five six") == ["one two three four ", "five six"]
    assert cut_at("x" * 45) == ["x" * 20, "x" * 20, "x" * 5]


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "They paid the U.S. Congress and the U.K. Parliament. It passed.", 2),
        ("en", "The mine belongs to Acme Inc. The workers were not paid.", 2),
        ("fr", "La mine est à Acme S.A. Les ouvriers n'ont pas été payés.", 2),
        ("ko", "기업들은 로비를 했다. 3.5%의 노동자가 해고되었다! U.S. 기업도 참여했다… 그러나 침묵했다", 3),
        ("ko", "기업이 로비를 했습니다 정부는 법을 바꿨습니다", 2),
        ("ko", "Only English here. Two sentences.", 2),
    ],
)
def test_models_decide_where_rules_doubt(language: str, text: str, count: int) -> None:
    assert len(cut(text, language)) == count, cut(text, language)


@pytest.mark.real_models
def test_korean_offsets_survive_what_utf16_counts_twice() -> None:
    text = "\U0001f600\U0001f600 기업이 로비를 했다. 정부는 \U0001f4b0 법을 바꿨다."
    assert cut(text, "ko") == ["\U0001f600\U0001f600 기업이 로비를 했다.", "정부는 \U0001f4b0 법을 바꿨다."]
