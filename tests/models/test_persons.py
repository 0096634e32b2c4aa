from __future__ import annotations

import pytest

from models.coding import Span
from models.entities import Entity
from models.persons import Reading
from models.public_figures import PublicFigures

FIGURES = PublicFigures(
    names=frozenset({"emmanuel macron", "samia suluhu hassan", "pedro castillo"}),
    alone=frozenset({"macron"}),
    offices=frozenset({"president", "gobierno", "government"}),
)


def persons(text: str, *entities: Entity) -> list[str]:
    return [text[span.start : span.end] for span in Reading(text, FIGURES).named(entities).persons]


def name_like(text: str, *entities: Entity) -> list[str]:
    return [text[span.start : span.end] for span in Reading(text, FIGURES).named(entities).name_like]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The manager, Thomas Kiplagat, was paid.", ["Thomas Kiplagat"]),
        ("Mr. Zzyqx and Mrs Vrabl signed.", ["Zzyqx", "Vrabl"]),
        ("A senhorita da Mota assinou.", ["da Mota"]),
        ("J. K. Zzyqx from the chamber", ["J. K. Zzyqx"]),
        ("My name is Qwerl and I sew shoes.", ["Qwerl"]),
        ("Zzyqx, 34, lost his job.", ["Zzyqx"]),
        ("Zzyqx Vrabl, a farmer, lost a cow.", ["Zzyqx Vrabl"]),
        ("Our leader maria lopez was followed.", ["maria lopez"]),
        ("DAVID MUTUA WAS FIRED WITHOUT NOTICE.", ["DAVID MUTUA"]),
        ("Jean-Baptiste Morel a coupé le courant.", ["Jean-Baptiste Morel"]),
        ("Il a vu Jean DUPONT et l'entreprise.", ["Jean DUPONT"]),
        ("Rosa Quispe spoke. Then Quispe left.", ["Rosa Quispe", "Quispe"]),
        ("Ana Gómez y Zzyqx fueron despedidos.", ["Ana Gómez", "Zzyqx"]),
        ("Faith K. Banda's district", ["Faith K. Banda"]),
        ("el agente Puente lanzó gases", ["Puente"]),
    ],
)
def test_persons_are_told_by_their_names_and_by_what_stands_beside_them(text: str, found: list[str]) -> None:
    assert persons(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "The World Bank and the Ministry of Mines met in March.",
        "São Paulo, Buenos Aires y Santa Cruz; Côte d'Ivoire and Cabo Delgado.",
        "Shell, Rio Tinto, Goldman Sachs and BNP Paribas lobbied.",
        "Human Rights Watch and the NGO Committee reported it.",
        "Indigenous Mapuche women; Chinese workers; the Supreme Court.",
        "Banks lobbied. Companies Paid. Nobody asked.",
        "Kenya, Mozambique and New Zealand signed.",
    ],
)
def test_institutions_companies_and_places_stay(text: str) -> None:
    assert persons(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Emmanuel Macron met Ana Gómez.", ["Ana Gómez"]),
        ("President Samia launched it.", []),
        ("A woman named Samia left.", ["Samia"]),
        ("Pedro Castillo governs.", []),
        ("José Pedro Castillo is my boss.", ["José Pedro Castillo"]),
        ("The Macron government", []),
    ],
)
def test_public_figures_stay_and_their_namesakes_do_not(text: str, found: list[str]) -> None:
    assert persons(text) == found


def test_a_pipeline_settles_a_doubt() -> None:
    text = "They trust Zzyqx in the valley."
    (doubt,) = Reading(text, FIGURES).doubts
    assert text[doubt.start : doubt.end] == "Zzyqx"
    assert persons(text, Entity(11, 16, "person")) == ["Zzyqx"]
    assert persons(text, Entity(11, 16, "other")) == []
    assert name_like(text, Entity(11, 16, "other")) == ["Zzyqx"]


def test_what_may_be_a_name_is_said_to_look_like_one() -> None:
    assert name_like("People in Zzyqx fear the Vrabl mine.") == ["Zzyqx", "Vrabl"]
    assert name_like("Banks lobbied in Kenya.") == []


def test_offsets_are_of_the_text_as_it_is() -> None:
    text = "\U0001f600 é: Ana Gómez"
    assert Reading(text, FIGURES).named().persons == (Span(5, 14),)


@pytest.mark.parametrize("unit", ["Ana ", "Zzyqx Vrabl, ", "A.", "x ", "Ana y ", "de la "])
@pytest.mark.timeout(20)
def test_a_long_text_takes_seconds(unit: str) -> None:
    Reading(unit * (100_000 // len(unit)), FIGURES).named()
