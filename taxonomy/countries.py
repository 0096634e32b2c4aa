"""Countries by ISO 3166-1 alpha-3 code, from whatever a survey or an answerer calls them.

Two names are ambiguous and are settled here: "Congo" alone is COG, whose official short name it is in ISO and at the United
Nations, and "Korea" alone is KOR, as in daily speech. Kosovo has no ISO code; XKX is the one in common use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from taxonomy.folding import fold
from taxonomy.languages import SURVEY_LANGUAGES

KOSOVO = "XKX"
#: Names are asked for thousands of times for one page.
_REMEMBERED = 4096

#: Names that neither ISO nor the Unicode tables hold: short forms, former names, parts, other spellings.
_OTHERS = {
    "AFG": "Afghanistan Islamic Republic",
    "ARE": "UAE; Emirates; Emiratos; Émirats; Emirados; Dubai; 아랍에미리트연합; 두바이",
    "ATG": "Antigua",
    "AUS": "호주",
    "BEN": "Dahomey; Bénin",
    "BFA": "Upper Volta; Burkina",
    "BIH": "Bosnia; BiH; Bosnie; Bósnia; Bosnia Hercegovina; 보스니아",
    "BLR": "Belorussia; Byelorussia; Bielorrusia; Biélorussie; Bielorrússia; Belarús",
    "BOL": "Bolivia; Estado Plurinacional de Bolivia",
    "BRN": "Brunei",
    "BRA": "Brasil",
    "CAF": "CAR; RCA; Centrafrique; Centroáfrica; 중앙아프리카",
    "CHE": "Schweiz; Svizzera; Confederación Suiza",
    "CHN": "PRC; PR China; People's Republic of China; Mainland China; República Popular China; République populaire de Chine; "
    "República Popular da China; 중화인민공화국",
    "CIV": "Ivory Coast; Costa de Marfil; Cote Ivoire; RCI; 아이보리코스트; 코트디부아르 공화국",
    "COD": "DRC; DR Congo; RDC; RD Congo; RD del Congo; RD do Congo; DROC; Congo DR; Congo DRC; "
    "Democratic Congo; République démocratique du Congo; República Democrática del Congo; República Democrática do Congo; "
    "Congo Kinshasa; Congo Kinshassa; Zaire; Zaïre; 콩고 민주 공화국; 민주콩고; 자이르",
    "COG": "Congo; Republic of the Congo; Republic of Congo; Congo Brazzaville; République du Congo; "
    "República del Congo; República do Congo; 콩고; 콩고 공화국",
    "CPV": "Cape Verde",
    "CZE": "Czech Republic; República Checa; République tchèque; Tchéquie; República Tcheca; 체코 공화국",
    "DEU": "Deutschland; República Federal de Alemania; FRG",
    "DOM": "도미니카 공화국",
    "EGY": "Arab Republic of Egypt",
    "ESH": "Sahrawi Arab Democratic Republic; Sahara occidental",
    "ESP": "España",
    "FSM": "Micronesia; Micronesia Fed Sts; Federated States of Micronesia",
    "GBR": "UK; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; Gran Bretaña; Inglaterra; Escocia; "
    "Gales; Irlanda del Norte; Grande Bretagne; Angleterre; Écosse; Pays de Galles; Irlande du Nord; Grã-Bretanha; Escócia; País de Gales; "
    "Irlanda do Norte; 영국; 잉글랜드; 스코틀랜드; 웨일스; 북아일랜드",
    "GEO": "Republic of Georgia; 그루지야",
    "GNB": "Guinea Bissau; Guinée Bissau; Guiné Bissau",
    "GNQ": "Guinea Ecuatorial; Eq Guinea",
    "GIN": "Guinea; Guinea Conakry; Guinée Conakry; Guiné Conacri",
    "HKG": "Hong Kong; HK; Hong Kong China; 홍콩",
    "IRL": "Eire; Republic of Ireland",
    "IRN": "Persia; Islamic Republic of Iran",
    "JPN": "Nippon",
    "KAZ": "Kazajstán",
    "KEN": "Kenia; Kénya",
    "KGZ": "키르기즈스탄; Kirghizstan; Kyrgyz Republic; Kirguizistán; Kirghizistan",
    "KHM": "Kampuchea",
    "KNA": "Saint Kitts",
    "KOR": "Korea; South Korea; S Korea; ROK; Republic of Korea; Corea; República de Corea; Corée; République de Corée; Coreia; "
    "República da Coreia; 한국; 남한; 대한민국",
    "LAO": "Laos; Lao; Lao PDR",
    "LBY": "Libyan Arab Jamahiriya; Libia",
    "LKA": "Ceylon; Ceilán; Ceylan; Ceilão",
    "MAC": "Macau; Macao; 마카오",
    "MDA": "Moldavia; Moldavie; Moldávia; Republic of Moldova",
    "MKD": "Macedonia; FYROM; Former Yugoslav Republic of Macedonia; Macédoine; Macedônia; Macedónia; 마케도니아",
    "MMR": "Burma; Myanmar; Birmania; Birmanie; Birmânia; Mianmar; 버마",
    "NLD": "Holland; The Netherlands; Nederland; Holanda; Hollande; Pays Bas; Países Bajos; Países Baixos",
    "NZL": "Nueva Zelandia",
    "PNG": "Papua; Papúa",
    "POL": "Polska",
    "PRK": "North Korea; N Korea; DPRK; DPR Korea; Korea DPR; Democratic People's Republic of Korea; "
    "República Popular Democrática de Corea; République populaire démocratique de Corée; República Popular Democrática da Coreia; RPDC; "
    "북한; 북조선; 조선민주주의인민공화국",
    "PSE": "Palestine; Palestina; State of Palestine; Palestinian Territory; Occupied Palestinian Territory; "
    "Occupied Palestinian Territories; OPT; Gaza; Gaza Strip; West Bank; West Bank and Gaza; Territorio Palestino Ocupado; "
    "Territoire palestinien occupé; Territoires palestiniens occupés; Territórios Palestinos Ocupados; Cisjordania; Cisjordanie; "
    "Cisjordânia; Franja de Gaza; 팔레스타인",
    "QAT": "Katar",
    "RUS": "Russia; Russian Fed; Fédération de Russie; Federación de Rusia; Federación Rusa; Federação Russa; 러시아 연방",
    "SAU": "KSA; Saudi; Kingdom of Saudi Arabia; Arabia Saudí; Arabia Saudita; 사우디",
    "STP": "São Tomé",
    "SWZ": "Swaziland; Suazilandia; Swazilândia; Suazilândia; 스와질란드",
    "SYR": "Syria; Syrian Arab Republic",
    "TLS": "East Timor; Timor Oriental; Timor Leste; 동티모르",
    "TTO": "Trinidad; Trinité et Tobago",
    "TUR": "Turkey; Turkiye; Turquía; Turquie; Turquia; 터키; 튀르키예",
    "TWN": "Taiwan; Republic of China; Chinese Taipei; Taiwan China; Taiwan ROC; Taiwan Province of China; Formosa; Taiwán; Taïwan; "
    "대만; 타이완",
    "TZA": "Tanzania; Tanzanie; United Republic of Tanzania; Tanganyika",
    "UKR": "The Ukraine",
    "USA": "US; USA; United States of America; America; The States; Estados Unidos; Estados Unidos de América; EE UU; EEUU; "
    "EU de América; EUA; États Unis d'Amérique; États Unis; Estados Unidos da América; 미국; 미합중국",
    "VAT": "Vatican; Holy See; Vaticano; Santa Sede; Saint Siège; Santa Sé; 바티칸",
    "VCT": "Saint Vincent",
    "VEN": "Venezuela; Venezuela RB; República Bolivariana de Venezuela",
    "VNM": "Vietnam; Viet Nam; 월남",
    "XKX": "Kosovo; Republic of Kosovo; Kosova; República de Kosovo; 코소보; XKX; XK; RKS",
    "YEM": "Yémen; Iémen",
    "ZAF": "South Africa; S Africa; RSA; Republic of South Africa; Sudáfrica; Suráfrica; Afrique du Sud; África do Sul; "
    "남아프리카 공화국; 남아공",
    "ZWE": "Rhodesia; Zimbabue; Zimbábue",
}

#: The names shown in English where the Unicode table's are not the ones a reader expects.
_SHOWN = {
    "COD": "Democratic Republic of the Congo",
    "COG": "Republic of the Congo",
    "HKG": "Hong Kong",
    "MAC": "Macao",
    "MMR": "Myanmar",
    "PSE": "Palestine",
}

_LINK_WORDS = "the of and a an el la las los de del y e o os as da do das dos le les du des d l et s"
_LINKS = frozenset(_LINK_WORDS.split())
_FIRST_WORDS = {"n": "north", "s": "south"}
_SHORT_WORDS = {"st": "saint", "rep": "republic", "dem": "democratic"}
_INITIALS = re.compile(r"\b(?:\w\.\s?){2,}")
_BRACKETS = re.compile(r"\([^)]*\)")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def to_alpha3(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-3 code of a country given by any usual name or code; None where it is not known."""
    written = text.strip()
    if written.isascii() and written.isdigit():
        return _by_number().get(written.zfill(3))
    names = _names()
    return _codes().get(written.upper()) or names.get(_key(written)) or names.get(_key(_BRACKETS.sub(" ", written)))


@lru_cache(maxsize=_REMEMBERED)
def country_name(alpha3: str, language: str = "en") -> str:
    """Return a country's name in a language; the code itself where there is none."""
    from babel import Locale

    if language == "en" and alpha3 in _SHOWN:
        return _SHOWN[alpha3]
    return str(Locale.parse(language).territories.get(_alpha2(alpha3), alpha3))


@lru_cache(maxsize=_REMEMBERED)
def numeric(alpha3: str) -> str:
    """Return the three digits of ISO 3166-1 by which maps know a country; "" where it has none (Kosovo)."""
    import pycountry

    entry = pycountry.countries.get(alpha_3=alpha3)
    return str(entry.numeric) if entry is not None else ""


def _alpha2(alpha3: str) -> str:
    import pycountry

    entry = pycountry.countries.get(alpha_3=alpha3)
    if entry is None:
        return "XK" if alpha3 == KOSOVO else ""
    return str(entry.alpha_2)


def _key(name: str) -> tuple[str, ...]:
    """Return what all spellings of a name share: its words without links, in any order ("Korea, Republic of")."""
    words = fold(_INITIALS.sub(lambda initials: re.sub(r"[.\s]", "", initials[0]) + " ", name)).split()
    if words and _HANGUL.search(name):
        return ("".join(words),)
    if len(words) > 1:
        words[0] = _FIRST_WORDS.get(words[0], words[0])
    return tuple(sorted(_SHORT_WORDS.get(word, word) for word in words if word not in _LINKS))


@cache
def _codes() -> dict[str, str]:
    import pycountry

    codes = {code: entry.alpha_3 for entry in pycountry.countries for code in (entry.alpha_2, entry.alpha_3)}
    return codes | {"XK": KOSOVO, KOSOVO: KOSOVO}


@cache
def _by_number() -> dict[str, str]:
    import pycountry

    return {entry.numeric: entry.alpha_3 for entry in pycountry.countries}


@cache
def _names() -> dict[tuple[str, ...], str]:
    names: dict[tuple[str, ...], str] = {}
    for alpha3, name in _known_names():
        if key := _key(name):
            names.setdefault(key, alpha3)
    return names


def _known_names() -> Iterator[tuple[str, str]]:
    import pycountry
    from babel import Locale

    for alpha3, others in _OTHERS.items():
        for name in others.split(";"):
            yield alpha3, name
    territories = [Locale.parse(locale).territories for locale in (*SURVEY_LANGUAGES, "pt_PT", "es_419")]
    for entry in pycountry.countries:
        own = [getattr(entry, attribute, None) for attribute in ("name", "common_name", "official_name")]
        for name in (*own, *(table.get(entry.alpha_2) for table in territories)):
            if name:
                yield entry.alpha_3, name
