from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.coding import Span
from models.identity import quote_id
from models.segmentation import MAX_CHARACTERS, SEGMENTER, passages, segment
from models.tables import PASSAGES

ROOTLESS = "Los obreros de la mina protestaron ayer."


def cut(text: str, language: str = "es") -> list[str]:
    return [text[span.start : span.end] for span in segment(text, language)]


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\u200b\ufeff"])
def test_an_empty_answer_has_no_passage(text: str) -> None:
    assert segment(text, "en") == []


@pytest.mark.parametrize("text", ["n/a", "-", "No sé", "x", "?", "Sí. No.", "---"])
def test_a_short_answer_is_one_passage(text: str) -> None:
    assert cut(f"  {text}\n") == [text]


def test_each_sentence_that_stands_alone_is_a_passage() -> None:
    assert cut("Las empresas pagan salarios muy bajos. Los bancos financian a los partidos.") == [
        "Las empresas pagan salarios muy bajos.",
        "Los bancos financian a los partidos.",
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Banks lobbied the central government. They then paid for campaigns."),
        ("es", "Los bancos presionaron al gobierno. Ellos pagaron campañas políticas enteras."),
        ("fr", "Les banques ont fait pression. Ces dernières ont payé des campagnes."),
        ("pt", "Os bancos pressionaram o governo. Isso prejudicou muito os trabalhadores."),
        ("en", "Yes. Companies lobby against the labour law."),
        ("en", "Companies lobby against the labour law. Very often."),
        ("en", "Banks lobbied the central government.\nThey then paid for campaigns."),
    ],
)
def test_what_cannot_be_understood_apart_stays_together(language: str, text: str) -> None:
    assert cut(text, language) == [text]


def test_a_passage_has_at_most_four_sentences_and_800_characters() -> None:
    referring = "Ellos pagaron muchas campañas políticas."
    assert cut(" ".join([ROOTLESS, *[referring] * 5])) == [" ".join([ROOTLESS, *[referring] * 3]), " ".join([referring] * 2)]
    long = "Ellos " + "pagaron campañas y " * 25 + "callaron."
    assert cut(f"{long} {long}") == [long, long]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Quién presionó:\n- Bancos\n- Inversores, que pagaron\n* Ellos callaron",
            ["Quién presionó:", "Bancos", "Inversores, que pagaron", "Ellos callaron"],
        ),
        ("• Bancos\r\n• Fondos", ["Bancos", "Fondos"]),
        ("–Bancos\r—Fondos", ["Bancos", "Fondos"]),
        ("1. Primero\n2) Segundo\n(3) Tercero\n4.- Cuarto", ["Primero", "Segundo", "Tercero", "Cuarto"]),
        ("a) Uno\n(b) Dos\niii) Tres", ["Uno", "Dos", "Tres"]),
        ("①은행\n②투자자", ["은행", "투자자"]),
        ("- Los obreros\n  de la mina\n- Los bancos", ["Los obreros\n  de la mina", "Los bancos"]),
        ("• uno y otro • dos y otro", ["uno y otro", "dos y otro"]),
        (
            "Hicieron esto: 1) presionar al ministerio del trabajo; 2) pagar campañas de varios partidos.",
            ["Hicieron esto:", "presionar al ministerio del trabajo;", "pagar campañas de varios partidos."],
        ),
        ("Bancos\nFondos\n\nEmpresas", ["Bancos", "Fondos", "Empresas"]),
        ("- Una cosa pasó ayer aquí. Los bancos pagaron hoy todo.", ["Una cosa pasó ayer aquí.", "Los bancos pagaron hoy todo."]),
    ],
)
def test_a_list_is_split_by_item_without_its_bullets(text: str, items: list[str]) -> None:
    assert cut(text) == items


@pytest.mark.parametrize(
    "text",
    [
        "Las empresas (i) presionan, (ii) pagan y (iii) amenazan a la gente.",
        "Bajó un 1.5 % en 2020 y un 2) no es una lista.",
        "-5 % de los salarios de la gente",
        "Una línea larga que sigue\nen la siguiente, y va\nEn mayúsculas por la coma: no, porque va y",
        "El gobierno de\nBrasil calló.",
        "**Negrita** y nada más",
    ],
)
def test_what_is_no_list_is_not_split_as_one(text: str) -> None:
    expected = 2 if text.startswith("Una línea") else 1
    assert len(cut(text)) == expected, cut(text)


def check(text: str, language: str, spans: list[Span]) -> None:
    """What holds for the passages of any text."""
    ends = [0, *(span.end for span in spans)]
    for span, end in zip(spans, ends, strict=False):
        assert end <= span.start < span.end <= len(text)
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        assert len(piece) <= MAX_CHARACTERS or len(spans) == 1
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert all(place in covered for place, character in enumerate(text) if character.isalpha()), language


PIECES = st.sampled_from(
    [
        "They left",
        "Ellos",
        "sin embargo",
        "Sr",
        "EE.UU",
        "Acme Inc",
        "l'art",
        "기업은",
        "했다",
        "그러나",
        "公司。",
        "[email]",
        "\U0001f600",
        "é",
        "5.3",
        "A",
        "word " * 60,
    ]
)
GLUE = st.sampled_from(
    [". ", ".", "… ", "? ", "! ", ", ", " ", "\n", "\r\n", "\n\n", "  ", '." ', " « ", "; ", ": ", "\u200b", "\u00a0", "।"]
)
TEXTS = st.lists(st.tuples(PIECES, GLUE), max_size=25).map(lambda parts: "".join(map("".join, parts)))


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.sampled_from(["es", "pt", "xx"]))
def test_any_text_is_covered_by_ordered_exact_spans(text: str, language: str) -> None:
    check(text, language, segment(text, language))


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_any_characters_at_all_give_ordered_spans(text: str) -> None:
    spans = segment(text, "es")
    assert spans == sorted(spans)
    assert all(text[span.start : span.end].strip() for span in spans)
    assert bool(spans) == bool(text.strip().strip("\u200b\u2060\ufeff \n"))


@pytest.mark.real_models
@settings(deadline=None, max_examples=150)
@given(TEXTS, st.sampled_from(["en", "fr", "ko"]))
def test_the_models_keep_the_same_promises(text: str, language: str) -> None:
    check(text, language, segment(text, language))


LONG = ["palabra ", "x", "가나다 ", "가", "The U.S. Congress acted. ", "- item\n", "\n", ".", ". ", "1) a b c d ", "a. ", "-", " "]


@pytest.mark.parametrize("unit", ["palabra ", "x"])
@pytest.mark.timeout(30)
def test_a_very_long_text_without_punctuation_is_cut_in_seconds(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    spans = segment(text, "es")
    assert len(spans) >= 250
    check(text, "es", spans)


@pytest.mark.real_models
@pytest.mark.parametrize("language", ["en", "es", "fr", "ko"])
@pytest.mark.parametrize("unit", LONG)
@pytest.mark.timeout(60)
def test_a_very_long_text_of_anything_is_cut_in_seconds(unit: str, language: str) -> None:
    spans = segment(unit * (200_000 // len(unit)), language)
    assert all(span.end - span.start <= MAX_CHARACTERS for span in spans) or len(spans) == 1


def answers(*rows: tuple[str, str, str | None]) -> pa.Table:
    names, texts, languages = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "answer": pa.array(names, pa.string()),
            "survey": pa.array(["s"] * len(rows), pa.string()),
            "masked": pa.array(texts, pa.string()),
            "declared_language": pa.array(languages, pa.string()),
        }
    )


def test_the_stage_makes_passages_with_language_and_quote_id() -> None:
    text = f"  {ROOTLESS} Los bancos financiaron campañas enteras."
    outcome = passages(answers(("a1", text, "es"), ("a2", "", "es"), ("a3", " \n", None), ("a4", "n/a", "es")), ["es"])
    assert outcome.made.schema.equals(PASSAGES)
    assert outcome.rejected.num_rows == 0
    rows = outcome.made.to_pylist()
    assert [(row["answer"], row["start"], row["end"]) for row in rows] == [("a1", 2, 42), ("a1", 43, len(text)), ("a4", 0, 3)]
    for row in rows[:2]:
        assert row["text"] == text[row["start"] : row["end"]]
        assert row["passage"] == quote_id("s", "a1", text, row["start"], row["end"])
        assert (row["language"], row["language_confidence"], row["segmenter"]) == ("es", 1.0, SEGMENTER)


def test_the_stage_of_nothing_makes_nothing() -> None:
    assert passages(answers(), ["en"]).made.num_rows == 0
