"""Languages by ISO 639-1 code, from whatever a survey export calls them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from taxonomy.folding import fold

#: The five languages the surveys are asked in: a language's name is understood in each of them.
SURVEY_LANGUAGES = ("en", "es", "fr", "pt", "ko")

_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa "
    "ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr "
    "ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl "
    "ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur "
    "uz ve vi vo wa wo xh yi yo za zh zu"
)
_ISO639_1 = frozenset(_CODES.split())

#: What neither ISO nor the Unicode names hold: other codes in use, and the names people write.
_OTHERS = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "pb": "pt",  # survey platforms' short codes for regional versions
    "esla": "es",
    "zhs": "zh",
    "zht": "zh",
    "castilian": "es",
    "castellano": "es",
    "espanol latinoamericano": "es",
    "mandarin": "zh",
    "farsi": "fa",
    "tagalog": "tl",
    "filipino": "tl",
    "brazilian": "pt",
    "hangul": "ko",
    "한글": "ko",
}

_LOCALE_TAG = re.compile(r"^([a-z]{2,3})(?:[-_][a-z0-9]{1,8})+(?:\.[\w-]+)?$")
_REGION = re.compile(r"\(.*?\)")


def is_iso639_1(code: str) -> bool:
    """Say whether this is a two-letter code of ISO 639-1, in lower case."""
    return code in _ISO639_1


def to_iso639_1(text: str) -> str | None:
    """Return the two-letter code of a language given as a code, a locale tag or a name; None where it is not known."""
    written = text.strip().casefold()
    if tag := _LOCALE_TAG.match(written):
        written = tag[1]
    name, bare = fold(written), fold(_REGION.sub(" ", written))
    if name in _ISO639_1:
        return name
    for known in (_others, _three_letter_codes, _names, _own_names):
        if code := known().get(name) or known().get(bare):
            return code
    return None


@lru_cache(maxsize=4096)
def language_name(code: str, language: str = "en") -> str:
    """Return a language's name in another language; the code itself where there is none."""
    from babel import Locale

    return Locale.parse(language).languages.get(code) or Locale("en").languages.get(code) or code


def _others() -> dict[str, str]:
    return _OTHERS


@cache
def _three_letter_codes() -> dict[str, str]:
    from babel.core import get_global

    return {code: short for code, short in get_global("language_aliases").items() if len(code) == 3 and short in _ISO639_1}


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    tables = [Locale(language).languages for language in SURVEY_LANGUAGES]
    return {fold(table[code]): code for code in sorted(_ISO639_1) for table in tables if code in table}


@cache
def _own_names() -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    names: dict[str, str] = {}
    for code in sorted(_ISO639_1):
        try:
            names[fold(Locale(code).get_language_name() or "")] = code
        except UnknownLocaleError:
            continue
    return names
