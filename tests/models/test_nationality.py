from __future__ import annotations

import tomllib
from collections import Counter
from time import perf_counter

import pytest

from models.coding import Span
from models.cues import Match
from models.nationality import TABLE, forms, with_homes
from models.normalisation import normalise
from models.reading import HOME
from taxonomy import load_codebook
from taxonomy.countries import to_alpha3

LANGUAGES = ("en", "es", "fr", "pt", "ko")


def homes(text: str, language: str) -> list[tuple[str, str]]:
    found = with_homes([], text, normalise(text, language), language)
    assert all(match.facet == HOME for match in found)
    return [(match.code, text[match.span.start : match.span.end]) for match in found]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "A Chinese mining company came.", [("CHN", "Chinese mining company")]),
        ("en", "The Chinese-owned quarry reopened.", [("CHN", "Chinese-owned")]),
        ("en", "U.S.-based tech firms and UK banks lobbied.", [("USA", "U.S.-based tech firms"), ("GBR", "UK banks")]),
        ("en", "South Korean shipyards and a South Korean bank.", [("KOR", "South Korean bank")]),
        ("en", "a Canadian oil and gas group", [("CAN", "Canadian oil and gas group")]),
        ("en", "Chinese state investment banks", [("CHN", "Chinese state investment banks")]),
        ("en", "Chinese and Russian firms", [("CHN", "Chinese and Russian firms"), ("RUS", "Russian firms")]),
        ("es", "Una minera de capital chino cerró el paso.", [("CHN", "minera de capital chino")]),
        ("es", "las empresas mineras canadienses", [("CAN", "empresas mineras canadienses")]),
        (
            "es",
            "inversionistas españolas y alemanes",
            [("ESP", "inversionistas españolas"), ("DEU", "inversionistas españolas y alemanes")],
        ),
        ("es", "un fondo de inversión noruego", [("NOR", "fondo de inversión noruego")]),
        ("fr", "une usine à capitaux chinois", [("CHN", "capitaux chinois")]),
        ("fr", "une société minière française", [("FRA", "société minière française")]),
        ("fr", "les entreprises sud-coréennes", [("KOR", "entreprises sud-coréennes")]),
        ("fr", "des banques turques", [("TUR", "banques turques")]),
        ("fr", "une société de droit suisse", [("CHE", "société de droit suisse")]),
        ("pt", "As construtoras brasileiras demitiram.", [("BRA", "construtoras brasileiras")]),
        ("pt", "bancos alemães e espanhóis", [("DEU", "bancos alemães"), ("ESP", "bancos alemães e espanhóis")]),
        ("pt", "empresas norte-americanas", [("USA", "empresas norte-americanas")]),
        ("ko", "중국 기업이 들어왔다", [("CHN", "중국 기업")]),
        ("ko", "한국기업들이 공장을 닫았다", [("KOR", "한국기업")]),
        ("ko", "미국의 제약회사가", [("USA", "미국의 제약회사")]),
        ("ko", "일본계가 공장을 닫았다", [("JPN", "일본계")]),
        ("ko", "중국계 광산", [("CHN", "중국계 광산")]),
        ("ko", "중국인 사업가가", [("CHN", "중국인 사업가")]),
    ],
)
def test_a_nation_beside_a_business_tells_its_home(language: str, text: str, found: list[tuple[str, str]]) -> None:
    assert homes(text, language) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The company underpaid its Chinese workers."),
        ("en", "The Chinese government and companies met."),
        ("en", "Indian factory workers went home."),
        ("en", "Give us companies that pay."),
        ("en", "In the US, big companies lobby."),
        ("en", "Non-American companies and African American businesses."),
        ("en", "North American firms and Latin American banks."),
        ("en", "A Chinese group sang."),
        ("es", "trabajadores chinos de la empresa"),
        ("es", "la capital china y sus calles"),
        ("es", "empresas no chinas"),
        ("es", "la sociedad colombiana y los grupos mexicanos"),
        ("fr", "la société française"),
        ("fr", "les ouvriers chinois de l'usine"),
        ("pt", "o banco central brasileiro"),
        ("pt", "a capital portuguesa"),
        ("ko", "중국인 노동자들"),
        ("ko", "중국계 주민들이 떠났다"),
        ("ko", "중국에서 기업이 철수했다"),
        ("ko", "중국 정부와 기업"),
        ("ko", "중국 회사원"),
        ("de", "chinesische Firmen, Chinese companies"),
        ("en", ""),
    ],
)
def test_a_nation_beside_anything_else_tells_nothing(language: str, text: str) -> None:
    assert homes(text, language) == []


@pytest.mark.parametrize(
    ("adjective", "language", "all_forms"),
    [
        ("chino", "es", "chino china chinos chinas"),
        ("francés", "es", "francés francesa franceses francesas"),
        ("alemán", "es", "alemán alemana alemanes alemanas"),
        ("israelí", "es", "israelí israelíes israelís"),
        ("canadiense", "es", "canadiense canadienses"),
        ("chinois", "fr", "chinois chinoise chinoises"),
        ("italien", "fr", "italien italienne italiens italiennes"),
        ("coréen", "fr", "coréen coréenne coréens coréennes"),
        ("américain", "fr", "américain américaine américains américaines"),
        ("belge", "fr", "belge belges"),
        ("turc/turque/turcs/turques", "fr", "turc turque turcs turques"),
        ("chinês", "pt", "chinês chinesa chineses chinesas"),
        ("espanhol", "pt", "espanhol espanhola espanhóis espanholas"),
        ("brasileiro", "pt", "brasileiro brasileira brasileiros brasileiras"),
        ("Chinese", "en", "Chinese"),
        ("중국", "ko", "중국 중국인"),
    ],
)
def test_an_adjective_has_its_genders_and_numbers(adjective: str, language: str, all_forms: str) -> None:
    assert {*forms(adjective, language)} == {*all_forms.split()}


def test_beside_a_named_home_no_other_word_tells_the_origin() -> None:
    text = "Chinese multinationals and a multinational came."
    beside, elsewhere = (Match("origin", "foreign", "strong", at, at + 1, Span(8, 22)) for at in (1, 3))
    other = Match("actor", "corporation", "strong", 1, 2, Span(8, 22))
    found = with_homes([beside, other, elsewhere], text, normalise(text, "en"), "en")
    assert beside not in found
    assert [match.facet for match in found] == [HOME, "actor", "origin"]


@pytest.mark.parametrize(("language", "words"), [("en", "Chinese and "), ("es", "empresa minera "), ("fr", "société ")])
def test_the_time_for_a_text_grows_no_faster_than_its_length(language: str, words: str) -> None:
    def seconds(times: int) -> float:
        text = words * times
        normalised = normalise(text, language)
        began = perf_counter()
        with_homes([], text, normalised, language)
        return perf_counter() - began

    seconds(10)
    assert min(seconds(2_000) for _ in range(2)) < 20 * max(min(seconds(250) for _ in range(3)), 0.002)


def test_the_nations_are_countries_and_speak_five_languages() -> None:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    nations = table.pop("nations")
    assert len(nations) > 60
    assert [code for key in nations for code in key.split() if to_alpha3(code) != code] == []
    assert [key for key, words in nations.items() if not {*words} <= {*LANGUAGES} or len(words) < 4] == []
    assert all({*languages} == {*LANGUAGES} for languages in table.values())
    for language in LANGUAGES:
        counts = Counter(form for words in nations.values() for word in words.get(language, ()) for form in forms(word, language))
        assert [form for form, count in counts.items() if count > 1] == []


def test_no_list_holds_a_word_twice() -> None:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    del table["nations"]
    lists = {(name, language): words for name, languages in table.items() for language, words in languages.items()}
    assert {key: words for key, words in lists.items() if len({*words}) < len(words)} == {}


def test_the_codebook_leaves_nations_to_this_list() -> None:
    codebook = load_codebook()
    cues = [
        (text, language)
        for code in codebook.facet("origin").codes
        for language, listed in code.cues.items()
        for text in (*listed.strong, *listed.weak)
    ]
    assert len(cues) > 200
    assert [text for text, language in cues if homes(text.replace("u.s.", "U.S."), language)] == []
