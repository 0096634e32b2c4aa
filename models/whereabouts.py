"""Exact dates and small places, which together with little else tell who speaks. Years, months, regions and cities stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from models.masking import Finding

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre",
    "fr": "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre",
    "pt": "janeiro fevereiro março marco abril maio junho julho agosto setembro outubro novembro dezembro",
}
_MONTH = {language: "|".join(sorted(words.split(), key=len, reverse=True)) for language, words in _MONTHS.items()}
_MONTH["en"] = rf"(?:{_MONTH['en']}|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"""(?<![\w/.-])(?:
        {_MONTH["en"]}\s{_DAY}(?:st|nd|rd|th)?\b(?!\s?(?:%|percent|people|persons|million))(?:,?\s{_YEAR}\b)?     # March 3rd, 2019
      | (?:the\s)?{_DAY}(?:st|nd|rd|th)?(?:\sof)?\s{_MONTH["en"]}(?:,?\s{_YEAR})?(?!\w)                           # 3 March 2019
      | (?:{_DAY}|1º|1\.º|1o|1er|1ro)(?:\sde)?\s(?:{_MONTH["es"]}|{_MONTH["fr"]}|{_MONTH["pt"]})(?:\s(?:del?\s)?{_YEAR})?(?!\w)
      | {_DAY}([./-])(?:0?[1-9]|1[0-2])\1(?:{_YEAR}|\d\d)(?![\w/-]|\.\d)                                       # 3/12/2019
      | (?:0?[1-9]|1[0-2])/{_DAY}/(?:{_YEAR}|\d\d)(?![\w/-])                                                     # 12/31/2019
      | {_YEAR}([./-])(?:0?[1-9]|1[0-2])\2{_DAY}(?![\w/-])                                                       # 2019-03-14
    )
    | (?:{_YEAR}\s?년\s?)?(?:0?[1-9]|1[0-2])\s?월\s?{_DAY}\s?일
    | (?<![\d.-]){_YEAR}\.\s?(?:0?[1-9]|1[0-2])\.\s?{_DAY}\.?(?!\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHOWS_DATE = re.compile(r"\d")

# A capitalised name, with the small words inside it.
_NAME = r"(?:[A-ZÀ-Þ][\w'’-]+(?:[\s-](?:(?:de|del|da|do|dos|das|du|des|la|las|los|el|le|les|y|e|of)\s){0,2}[A-ZÀ-Þ][\w'’-]+){0,3})"
_LISTS = tomllib.loads(Path(__file__).with_name("whereabouts.toml").read_text("utf-8"))
_SETTLEMENT, _STREET = (f"(?i:{_LISTS[kind].replace(chr(10), '')})" for kind in ("settlements", "streets"))
_NO_PLACE = frozenset(_LISTS["no_places"].split())
_OF = r"(?:of|called|named|de|de\sla|de\slos|de\slas|del|da|do|dos|das|du|des|llamad[oa]|chamad[oa])"
_OF_STREET = r"(?:d[aeo]s?|del?(?:\s(?:la|los|las))?|du|des|l[ae]s?)"
_PLACE = re.compile(
    rf"""\b{_SETTLEMENT}\s(?:{_OF}\s|d['’])?(?P<name>{_NAME})
      | (?P<named>{_NAME})\s(?:village|hamlet|neighbou?rhood|township|settlement|barangay)\b
      | (?P<street>
            (?:\d{{1,5}}[a-z]?,?\s)?{_STREET}\s(?:{_OF_STREET}\s)?
            [A-ZÀ-Þ\d][\w'’-]*(?:\s(?:{_OF_STREET}\s)?(?!N[oº°]\.?\s?\d)[A-ZÀ-Þ\d][\w'’-]*){{0,3}}
            (?:,?\s(?:(?i:n[oº°]\.?|\#)\s?)?\d{{1,5}}[a-z]?(?:\s?-\s?\d+)?)?)
      | (?P<road>\d{{1,5}}[a-z]?\s(?:[A-ZÀ-Þ][\w'’-]+\s){{1,3}}
            (?:Street|Road|Avenue|Lane|Drive|Close|Crescent|Way|Terrace|St|Rd|Ave|Ln)\b\.?)
      | (?<![가-힣])(?P<korean>
            [가-힣]{{1,4}}[동리면읍](?:\s?\d{{1,4}}(?:-\d{{1,4}})?(?:번지)?)?
          | [가-힣]{{1,4}}(?:대로|로|길)\s?\d{{1,4}}(?:-\d{{1,4}})?(?:번길\s?\d*)?)
        (?=에서|에|의|로|은|는|이|가|을|를|과|와|도|까지|부터|주민|마을|[\s,.]|$)
    """,
    re.VERBOSE,
)
_SHOWS_PLACE = re.compile(
    rf"{_SETTLEMENT}|{_STREET}|\d\w?\s(?:[A-Z]\w+\s){{1,3}}(?:Street|Road|Avenue|Lane|Drive|Close|Way|St|Rd|Ave)\b|[동리면읍로길]"
)


def exact_dates(text: str) -> Iterator[Finding]:
    """Yield dates of a day and a month, with or without a year. A month or a year alone tells little and stays."""
    if _SHOWS_DATE.search(text) is None:
        return
    for match in _DATE.finditer(text):
        yield Finding(match.start(), match.end(), "date")


def small_places(text: str) -> Iterator[Finding]:
    """Yield the names of villages and neighbourhoods, and addresses."""
    if _SHOWS_PLACE.search(text) is None:
        return
    for match in _PLACE.finditer(text):
        group = next(name for name in ("name", "named", "street", "road", "korean") if match[name])
        if group == "korean" and (match[group] in _NO_PLACE or match[group][-2:] in _NO_PLACE or len(match[group]) < 3):
            continue
        if (
            group == "street"
            and not re.search(r"\d", match[group])
            and re.match(r"(?i)place|plaza|paseo|route|all[ée]e|chemin", match[group])
        ):
            continue
        yield Finding(match.start(group), match.end(group), "place")
