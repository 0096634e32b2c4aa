"""Persons named in Hangul: a surname and a given name of one or two syllables, told by what stands beside them or by the analyser."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from models.coding import Span
from models.names import korean_names
from models.packages import korean
from models.public_figures import PublicFigures

HANGUL = re.compile(r"[가-힣]")
_COMMON = frozenset("김이박최정강조윤장임한오서신권황안송류홍전")  # nine Koreans of ten
_TO_PERSON = re.compile(r"에게|한테|께")
_AROUND = 40  # code points beside a name that the analyser reads
_REGION = "도시군구동리면읍"  # the analyser calls a region a proper noun as well
_HONORIFIC = re.compile(r"\s?(?:씨|님|군|양)(?:[은는이가을를의께도]|에게|$|[\s,.])")


def korean_persons(text: str, figures: PublicFigures) -> tuple[list[Span], list[Span]]:
    """Return the persons named in the Hangul of a text, and what only looks like a name."""
    persons, unsure = [], []
    for match in _candidates().finditer(text):
        span = Span(match.start("name"), match.end("name"))
        name = text[span.start : span.end]
        if name in figures.alone or any(name.endswith(each) for each in figures.alone if HANGUL.match(each)):
            continue
        if not _made_of_syllables(name):
            continue
        beside = bool(match["title"]) or _before().search(text, max(0, span.start - 12), span.start) is not None
        honoured = _HONORIFIC.match(text, span.end) is not None
        if name in korean_names().titles or name in korean_names().before:
            continue
        if (honoured and len(name) > 2) or ((honoured or (beside and len(name) > 2)) and not _is_word(name)):
            persons.append(span)
        elif len(name) >= 3:
            told = _tagged(text, span)
            if told == "name" or (told and (name[0] in _COMMON or _TO_PERSON.match(text, span.end))):
                persons.append(span)
            elif told == "unsure":
                unsure.append(span)
    again = {text[span.start : span.end] for span in persons}
    if again:
        persons += [Span(found.start(), found.end()) for found in re.finditer("|".join(map(re.escape, sorted(again))), text)]
    return sorted(set(persons)), [span for span in unsure if text[span.start : span.end] not in again]


@cache
def _candidates() -> re.Pattern[str]:
    lists = korean_names()
    surnames = "|".join(sorted(lists.surnames, key=len, reverse=True))
    titles, particles = "|".join(lists.titles), f"(?:{'|'.join(lists.particles)})"
    name = rf"(?:{surnames})[가-힣]{{1,2}}"
    return re.compile(
        rf"(?<![가-힣])(?P<name>{name})(?:(?P<title>\s?(?:{titles})(?![가-힣]{{0,1}}(?:들|단체|협회))(?:{particles}|[가-힣]{{0,2}})(?![가-힣]))"
        rf"|{particles}{{0,2}}(?![가-힣]))"
    )


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s(,:])(?:{'|'.join(korean_names().before)})[\s:]{{1,2}}$")


def _made_of_syllables(name: str) -> bool:
    lists = korean_names()
    for length in (2, 1):
        surname, given = name[:length], name[length:]
        if surname in lists.surnames and given and len(given) <= 2:
            return given[-1] in lists.last and (len(given) == 1 or given[0] in lists.first)
    return False


def _is_word(name: str) -> bool:
    """Tell whether the analyser takes the whole for a common noun."""
    tokens = korean().tokenize(name)
    return len(tokens) == 1 and tokens[0].tag == "NNG"


def _tagged(text: str, span: Span) -> str:
    """Ask the analyser about a name without a title: "name", "unsure" or "" for what is surely none."""
    low, high = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    return _tag(text[low:high], span.start - low, span.end - low)


@lru_cache(maxsize=1_000)
def _tag(text: str, start: int, end: int) -> str:
    tags = [token for token in korean().tokenize(text) if token.start < end and start < token.end]
    if tags[0].tag == "NNP" and tags[0].start == start and tags[0].len == 3 and all(token.tag.startswith("J") for token in tags[1:]):
        return "name" if text[end - 1] not in _REGION else ""
    if len(tags) > 2 and all(token.len == 1 and token.tag in ("NNP", "NNG", "MM") for token in tags):
        return "name"  # no word has a noun for every syllable
    if len(tags) == 1 and tags[0].len > end - start and tags[0].tag == "NNP":
        return "unsure"
    if len(tags) == 1:
        if tags[0].tag != "NNP":
            return ""
        whole = tags[0].len == end - start and text[end - 1] not in _REGION
        return "name" if whole else ""
    if all(token.tag in ("NNP", "NNG", "NR", "MM", "XPN", "XSN", "NNB", "SL") for token in tags):
        return "unsure"
    return ""
