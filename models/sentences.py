"""Where a sentence ends. Offsets are code points; nothing of the text is changed on the way.

A terminator followed by a capital ends a sentence, unless the word before it is an abbreviation. Where that leaves a doubt
("Acme Inc. The…" or "Acme Inc. Chairman"), English and French ask their pipeline; the other languages ask whether the next
word is one that commonly opens a sentence. Korean is left to its analyser, which also splits where no full stop was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.coding import Span
from models.packages import korean, sentence_pipeline

_TERMINATOR = re.compile(
    r"""(?:
        (?<![.!?…]) (?P<mark>[.!?…]++) (?:["'”’»)\]]++ | [ \u00a0]»)? (?=\s)   # marks, what they close, white space
      | (?P<glued>(?<=[^\W\d_]{2})[.!?]) (?=[^\W\d_]{2})          # "…their rights.The next"
      | (?P<wide>[。！？।؟۔]) ["'”’»」』)\]]*                        # scripts that need no space
    )""",
    re.VERBOSE,
)
_FIRST_WORD = re.compile(r"[^\W\d_]+['’]?")
_ELISION = re.compile(r"^.*['’]|^-+")
_WORD_BEFORE = re.compile(r"[\w.'’º°-]+$")
_BREAKS = (re.compile(r"[.!?…;:][\"'”’»)\]]*\s+|[。！？]"), re.compile(r",\s+|[、，]"), re.compile(r"\s+"))  # best first
_OPENERS = "\"'“”‘’«([¿¡ \u00a0"
_STRETCH, _CONTEXT = 1_000, 200
_CHUNK = 2_000
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Always followed by what they belong to: titles and the like, all languages together.
_TITLES = _words(
    """mr mrs ms messrs dr dra drs prof profa sr sra srta srs sras hon rev fr gen col capt lt sgt cpl gov sen rep pres st ste sto sta
    mme mmes mlle mm me ee ud uds vd vds lic ing abg arq econ exmo exma v.exa eng dep min gral cnel cap tte dn vs cf ca approx aprox env
    p.ej p.ex ex ej e.g i.e viz c.-à-d av avda dpto depto dept pág págs pag pags"""
)
#: Followed by a number, if they are abbreviations at all ("No. 5", but "No. They refused").
_NUMBERED = _words("no nos núm núms num nums nº n.º nr art arts fig figs vol vols p pp sec sect ch inc par parr párr al c")
#: May end a sentence or not. Words with a full stop inside (U.S, EE.UU, S.A) are treated likewise.
_DOUBTFUL = _words("inc ltd ltda co corp cia cía bros jr sa uu al est esq plc llc gmbh pvt govt mt")
_NUMERAL = re.compile(r"\d|[IVXLC]+\b")

_OPENING_WORDS = _words(
    """the a an in on at by for from with as it this these that those they he she we i you there if when while although however
    many some most all no several companies workers el la los las un una en por para con como si cuando aunque este esta estos estas
    esto eso ellos ellas él ella se no hay su sus sin además también pero muchos algunas algunos según desde durante
    le les l' un une des dans sur par pour avec ce cet cette ces il elle ils elles on nous si quand mais de du d' en au aux selon
    o os as um uma em no na nos nas por para com como se quando embora isto isso eles elas ele ela há seu sua sem além também mas
    muitos muitas alguns algumas segundo desde durante"""
)


def sentences(text: str, within: Span, language: str) -> list[Span]:
    """Return the sentences inside a span of a text, in order, trimmed of white space; together they cover all that is not."""
    starts = [within.start]
    if language == "ko" and _HANGUL.search(text, within.start, within.end):
        starts += _korean_starts(text, within)
    else:
        starts += _starts(text, within, language)
    spans = (trimmed(text, Span(start, end)) for start, end in zip(starts, [*starts[1:], within.end], strict=True))
    return [span for span in spans if span.start < span.end]


def trimmed(text: str, span: Span) -> Span:
    """Return the span without white space (and invisible marks) at its ends."""
    start, end = span.start, span.end
    while start < end and _blank(text[start]):
        start += 1
    while end > start and _blank(text[end - 1]):
        end -= 1
    return Span(start, end)


def _blank(character: str) -> bool:
    return character.isspace() or character in "\u200b\u2060\ufeff"


def _korean_starts(text: str, within: Span) -> Iterator[int]:
    for chunk in chunks(text, within, _CHUNK):
        if chunk.start > within.start:
            yield chunk.start
        part = text[chunk.start : chunk.end]
        if len(part.split(maxsplit=1)) > 1:  # without a space there is nothing to tell, at the price of everything
            yield from (chunk.start + sentence.start for sentence in korean().split_into_sents(part)[1:])


def chunks(text: str, within: Span, limit: int) -> Iterator[Span]:
    """Cut a span into pieces of at most ``limit`` code points: after a clause if there is one, else a word, else anywhere."""
    start = within.start
    while within.end - start > limit:
        cut = _last_break(text, start + limit // 2, start + limit) or start + limit
        yield Span(start, cut)
        start = cut
    yield Span(start, within.end)


def _last_break(text: str, low: int, high: int) -> int | None:
    for pattern in _BREAKS:
        found = [match.end() for match in pattern.finditer(text, low, high)]
        if found:
            return found[-1]
    return None


def _starts(text: str, within: Span, language: str) -> Iterator[int]:
    referee = _Referee(text, within, language)
    for match in _TERMINATOR.finditer(text, within.start, within.end):
        start = match.end()
        while start < within.end and _blank(text[start]):
            start += 1
        if start < within.end and _ends(text, match, start, within, referee):
            yield start


def _ends(text: str, match: re.Match[str], start: int, within: Span, referee: _Referee) -> bool:
    """Tell whether a terminator ends a sentence and the next begins at ``start``."""
    if match["wide"]:
        return True
    first = start
    while first < within.end - 1 and text[first] in _OPENERS:
        first += 1
    if text[first].islower() or text[first] in ",;:.!?)]}»…":
        return False
    if match["glued"]:
        return text[match.start() - 1].islower() and text[first].isupper() and text[first + 1].islower()
    if match["mark"] != ".":
        return True
    before = _WORD_BEFORE.search(text, max(within.start, match.start() - 40), match.start())
    word = _ELISION.sub("", before[0]).casefold() if before else ""
    follows = text[first : first + 20]
    if word.isdigit() and len(word) <= 2 and before is not None and before.start() == within.start:
        return False  # a number before the text itself: "3. The law"
    if word in _TITLES or (word in _NUMBERED and _NUMERAL.match(follows)):
        return False
    if len(word) == 1 and word.isalpha():
        return word != "m" and _opens(follows)  # an initial; "M. Dupont"
    if "." in word or word in _DOUBTFUL:
        return referee.opens_sentence(start)
    return True


class _Referee:
    """Reads the neighbourhood of a doubtful full stop, each stretch of the text once."""

    def __init__(self, text: str, within: Span, language: str) -> None:
        self._text = text
        self._within = within
        self._language = language
        self._starts: dict[int, frozenset[int]] = {}

    def opens_sentence(self, start: int) -> bool:
        """Tell whether a sentence begins at ``start``."""
        pipeline = sentence_pipeline(self._language)
        if pipeline is None:
            return _opens(self._text[start : start + 20].lstrip(_OPENERS))
        stretch = (start - self._within.start) // _STRETCH
        if stretch not in self._starts:
            low = max(self._within.start, self._within.start + stretch * _STRETCH - _CONTEXT)
            high = min(self._within.end, self._within.start + (stretch + 1) * _STRETCH + _CONTEXT)
            read = pipeline(self._text[low:high])
            self._starts[stretch] = frozenset(low + sentence.start_char for sentence in read.sents)
        return start in self._starts[stretch]


def _opens(follows: str) -> bool:
    word = _FIRST_WORD.match(follows)
    return word is not None and word[0].replace("’", "'").casefold() in _OPENING_WORDS
