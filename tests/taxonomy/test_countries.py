from __future__ import annotations

import subprocess
import sys

import pycountry
import pytest
from babel import Locale

from taxonomy.countries import country_name, numeric, to_alpha3
from taxonomy.languages import SURVEY_LANGUAGES

SPELLINGS = {
    "AUS": ["Australia", "호주", "오스트레일리아"],
    "BHS": ["Bahamas", "The Bahamas", "Bahamas, The"],
    "BOL": ["Bolivia", "Bolivia (Plurinational State of)"],
    "BRA": ["Brasil", "Brazil", "Brésil", "브라질", "BR", "bra", "076", "76"],
    "CIV": ["Ivory Coast", "Côte d’Ivoire", "Cote d'Ivoire", "Costa de Marfil", "Costa do Marfim", "코트디부아르"],
    "COD": [
        "DRC",
        "D.R.C.",
        "DR Congo",
        "RDC",
        "Congo-Kinshasa",
        "Congo (Kinshasa)",
        "Zaire",
        "República Democrática del Congo",
        "République démocratique du Congo",
        "República Democrática do Congo",
        "Congo, The Democratic Republic of the",
        "Congo, Dem. Rep.",
        "콩고민주공화국",
    ],
    "COG": ["Congo", "Congo (Brazzaville)", "Congo-Brazzaville", "Republic of the Congo", "Congo, Rep.", "République du Congo"],
    "CZE": ["Czechia", "Czech Republic", "República Checa"],
    "EGY": ["Egypt, Arab Rep."],
    "FSM": ["Micronesia", "Micronesia, Fed. Sts."],
    "GBR": ["UK", "U.K.", "England", "Great Britain", "Northern Ireland", "Reino Unido", "Royaume-Uni", "영국"],
    "GMB": ["The Gambia", "Gambia, The", "Gambia"],
    "HKG": ["Hong Kong", "Hong Kong SAR China"],
    "IRN": ["Iran", "Irã", "Irão", "Iran, Islamic Rep.", "Iran (Islamic Republic of)"],
    "KOR": ["Korea", "South Korea", "S. Korea", "Republic of Korea", "Korea, Rep.", "Corée du Sud", "Corea del Sur", "한국", "대한민국"],
    "KEN": ["Kenya", "Kenia", "Kenya (East Africa)"],
    "LAO": ["Laos", "Lao PDR", "Lao People's Democratic Republic"],
    "LCA": ["St. Lucia", "Saint Lucia", "ST LUCIA"],
    "MMR": ["Burma", "Myanmar", "Myanmar (Burma)", "Birmanie"],
    "NLD": ["Holland", "The Netherlands", "Pays-Bas"],
    "PRK": ["North Korea", "N. Korea", "DPRK", "Korea (North)", "Korea, Democratic People's Republic of", "북한"],
    "PSE": ["Palestine", "State of Palestine", "Palestine, State of", "West Bank and Gaza", "Palestina"],
    "RUS": ["Russia", "Russian Federation", "Rusia", "러시아"],
    "SSD": ["South Sudan", "S. Sudan"],
    "SDN": ["Sudan", "Soudan"],
    "SWZ": ["Swaziland", "Eswatini"],
    "TUR": ["Türkiye", "Turkey", "TURQUIA", "터키"],
    "TWN": ["Taiwan", "Taiwan, Province of China", "대만"],
    "TZA": ["Tanzania", "Tanzania, United Republic of"],
    "USA": [
        "USA",
        "U.S.",
        "U.S.A.",
        "u. s. a.",
        "United States",
        "the United States of America",
        "EE. UU.",
        "EEUU",
        "États-Unis",
        "미국",
        "840",
    ],
    "VEN": ["Venezuela, RB", "Venezuela (Bolivarian Republic of)"],
    "VNM": ["Viet Nam", "Vietnam", "베트남"],
    "XKX": ["Kosovo", "XK", "xkx", "코소보"],
    "ZAF": ["South Africa", "Sudáfrica", "Afrique du Sud", "남아프리카공화국", "남아공"],
}


@pytest.mark.parametrize("alpha3", SPELLINGS)
def test_a_country_is_known_by_any_usual_spelling(alpha3: str) -> None:
    for spelling in SPELLINGS[alpha3]:
        for written in (spelling, spelling.lower(), f"  {spelling.upper()} "):
            assert (written, to_alpha3(written)) == (written, alpha3)


def test_every_code_and_every_name_of_the_unicode_tables_is_known() -> None:
    tables = [Locale(language).territories for language in SURVEY_LANGUAGES]
    for country in pycountry.countries:
        names = [country.alpha_2, country.alpha_3, country.numeric, country.name, *(table[country.alpha_2] for table in tables)]
        assert {name: to_alpha3(name) for name in names} == dict.fromkeys(names, country.alpha_3)


@pytest.mark.parametrize(
    "text", ["", "  ", "Atlantis", "n/a", "Global", "Africa", "European Union", "999", "12345", "-", "the", "Soviet Union", "x" * 100_000]
)
def test_what_is_no_country_is_not_known(text: str) -> None:
    assert to_alpha3(text) is None


def test_invisible_characters_do_not_matter() -> None:
    assert to_alpha3("\ufeffKenya\u200b") == "KEN"


def test_names_are_shown_in_the_reader_s_language() -> None:
    assert [country_name("KOR", language) for language in SURVEY_LANGUAGES] == [
        "South Korea",
        "Corea del Sur",
        "Corée du Sud",
        "Coreia do Sul",
        "대한민국",
    ]
    assert country_name("COD") == "Democratic Republic of the Congo"
    assert country_name("XKX", "ko") == "코소보"
    assert country_name("ZZZ") == "ZZZ"


def test_a_shown_name_leads_back_to_its_country() -> None:
    for country in pycountry.countries:
        for language in SURVEY_LANGUAGES:
            assert to_alpha3(country_name(country.alpha_3, language)) == country.alpha_3


def test_maps_know_a_country_by_its_number() -> None:
    assert numeric("AFG") == "004"
    assert numeric("USA") == "840"
    assert numeric("XKX") == ""


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    script = "import sys, taxonomy.countries, taxonomy.languages; print(sorted({'pycountry', 'babel'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
