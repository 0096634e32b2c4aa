from __future__ import annotations

import pytest

from models.whereabouts import exact_dates, small_places


@pytest.mark.parametrize(
    "text",
    [
        "March 3rd, 2019", "3 March 2019", "the 3rd of March", "9 Feb", "3 de agosto de 2021", "1º de julho de 2022", "1er juillet",
        "21 octobre 2016",
        "12/05/2020",
        "14-10-2016", "2016-10-14", "12/31/2019", "2019년 3월 14일", "8월 3일", "2022. 7. 1.", "15 de Janeiro",
    ],
)  # fmt: skip
def test_a_day_and_a_month_are_a_date(text: str) -> None:
    sentence = f"x {text} x"
    assert [sentence[each.start : each.end] for each in exact_dates(sentence)] == [text]


@pytest.mark.parametrize(
    "text", ["2019", "May 2021", "mayo de 2021", "2021년 5월", "2005-2009", "1.200", "in March", "section 3.2.1.4", "24/7", "2030 Agenda"]
)
def test_years_and_months_stay(text: str) -> None:
    assert list(exact_dates(f"x {text} x")) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("the village of Kaptembwo when", "Kaptembwo"),
        ("Oloirien village", "Oloirien"),
        ("en el barrio Siloé en casa", "Siloé"),
        ("a vereda El Retorno, cuando", "El Retorno"),
        ("na aldeia de Cassongue, quando", "Cassongue"),
        ("du hameau de Kétao-Bas ont", "Kétao-Bas"),
        ("at 47 Mbagathi Road and", "47 Mbagathi Road"),
        ("au 12 rue des Acacias et", "12 rue des Acacias"),
        ("en la Calle 45 No. 12-30 y", "Calle 45 No. 12-30"),
        ("na Rua das Palmeiras, 120 e", "Rua das Palmeiras, 120"),
        ("매향리 주민들은", "매향리"),
        ("세종대로 110에 산다", "세종대로 110"),
    ],
)
def test_villages_and_streets_are_small_places(text: str, place: str) -> None:
    assert [text[each.start : each.end] for each in small_places(text)] == [place]


@pytest.mark.parametrize("text", ["in Nairobi and Kenya", "el pueblo mapuche", "노동 권리를 처리", "하면 우리 자리에서", "place the order"])
def test_what_is_big_or_no_place_stays(text: str) -> None:
    assert list(small_places(text)) == []
