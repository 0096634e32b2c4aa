from __future__ import annotations

import pytest

from models.revealing import revealing_words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("As a lawyer for evicted families, I see it.", "a lawyer for evicted families"),
        ("In my village the river went dry.", "my village"),
        ("Our organisation helps.", "Our organisation"),
        ("I work at the Ministry of Labour.", "the Ministry of Labour"),
        ("I am a nurse here.", "a nurse"),
        ("Trabajo en el Ministerio de Trabajo.", "el Ministerio de Trabajo"),
        ("En nuestra comunidad nadie firma.", "nuestra comunidad"),
        ("Je suis infirmière dans une clinique.", "infirmière"),
        ("Dans mon village, rien.", "mon village"),
        ("Sou o único médico do distrito.", "o único médico"),
        ("Minha filha trabalha lá.", "Minha filha"),
        ("변호사로서 저는 봅니다.", "변호사로서"),
        ("우리 마을에서는 강을 막았다.", "우리 마을"),
        ("저는 간호사입니다.", "간호사"),
    ],
)
def test_what_tells_of_the_respondent_is_found(text: str, told: str) -> None:
    assert told in [text[each.start : each.end] for each in revealing_words(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Lawyers and nurses lost their jobs.",
        "As in 2019, banks lobbied.",
        "Los abogados no pueden entrar.",
        "O trabalho na indústria é perigoso.",
        "Les entreprises comme les banques gagnent.",
        "기업은 우리나라의 법을 바꾼다.",
    ],
)
def test_what_tells_of_others_stays(text: str) -> None:
    assert list(revealing_words(text)) == []
