"""``suasion codebook show``: the codebook as a person reads it, in the terminal or as Markdown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.page import console, printable, require_place
from taxonomy import Codebook, CodeDefinition, Cues, Facet, load_codebook
from taxonomy.codebook import SHIPPED, Example, Rule, RuleExample
from taxonomy.errors import CodebookError, RawFileError
from taxonomy.languages import language_name

_VALUES = {"one": "one code for each passage", "many": "as many codes as apply"}
_REACH = {
    "all": "asked of every passage",
    "substantive": "asked of every real answer",
    "influence": "asked where the relevance is influence",
}
_STRENGTHS = (("strong", "strong"), ("weak", "weak"), ("not_", "not within"))
_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


@dataclass(frozen=True)
class Line:
    """One line of what is shown.

    Attributes:
        level: 1 to 3 for a heading, 0 for text.
        label: what the text is called, in front of it.
        item: whether it is one of a list.
    """

    text: str
    level: int = 0
    label: str = ""
    item: bool = False


@dataclass(frozen=True)
class Choice:
    """What is to be shown: everything, or one facet, code or language; cues listed or only counted."""

    facet: str | None = None
    code: str | None = None
    language: str | None = None
    cues: bool = False


def show_codebook(file: Path | None, facet: str | None, code: str | None, language: str | None, out: Path | None, *, cues: bool) -> None:
    """Print a codebook, or write it as Markdown.

    Raises:
        CodebookError: the file has faults, or has no such facet, code or language.
        RawFileError: ``out`` cannot be written.
    """
    if out is not None:
        require_place(out, file or SHIPPED)
    codebook = load_codebook(file)
    shown = list(lines(codebook, Choice(facet, code, language, cues)))
    if out is None:
        _print(console(), shown)
        return
    try:
        out.write_text(markdown(shown), encoding="utf-8")
    except OSError as error:
        raise RawFileError(f"{out}: cannot be written: {error.strerror}") from error
    console().print(f"Written to {out}")


def lines(codebook: Codebook, choice: Choice) -> Iterator[Line]:
    """Yield the lines that show what was chosen of a codebook.

    Raises:
        CodebookError: there is no such facet, code or language in it.
    """
    facets = _chosen(codebook, choice)
    yield Line(f"{codebook.title}, version {codebook.version}", 1)
    names = [f"{language_name(language)} ({language})" for language in codebook.languages]
    yield Line(f"{len(codebook.facets)} facets, {sum(len(facet.codes) for facet in codebook.facets)} codes; {', '.join(names)}")
    for facet in facets:
        yield from _facet(facet, choice)
    if choice.facet is None and choice.code is None and codebook.rules:
        yield Line("Rules", 2)
        for rule in codebook.rules:
            yield from _rule(rule, choice)


def markdown(shown: Collection[Line]) -> str:
    """Return the lines as Markdown, in which nothing that the codebook says is taken for a mark."""
    parts: list[str] = []
    before = Line("")
    for line in shown:
        text = _MARKS.sub(r"\\\1", printable(line.text))
        label = f"**{line.label}:** " if line.label else ""
        if parts and not (line.item and before.item):
            parts.append("")
        parts.append(f"{'#' * line.level} {text}" if line.level else f"{'- ' * line.item}{label}{text}")
        before = line
    return "\n".join(parts) + "\n"


def _chosen(codebook: Codebook, choice: Choice) -> list[Facet]:
    known = [facet.id for facet in codebook.facets]
    if choice.facet is not None and choice.facet not in known:
        raise CodebookError(codebook.title, [f"there is no facet {choice.facet!r}; there are {', '.join(known)}"])
    if choice.language is not None and choice.language not in codebook.languages:
        raise CodebookError(codebook.title, [f"{choice.language!r} is not one of its languages; they are {', '.join(codebook.languages)}"])
    facets = [facet for facet in codebook.facets if choice.facet in (None, facet.id)]
    if choice.code is None:
        return facets
    holding = [facet for facet in facets if choice.code in {code.id for code in facet.codes}]
    if not holding:
        there = ", ".join(code.id for facet in facets for code in facet.codes) if choice.facet else "name its facet to see which there are"
        raise CodebookError(codebook.title, [f"there is no code {choice.code!r}; {there}"])
    return holding


def _facet(facet: Facet, choice: Choice) -> Iterator[Line]:
    yield Line(f"{facet.label(choice.language or 'en')} · {facet.id}", 2)
    yield Line(facet.definition)
    yield Line(f"{_VALUES[facet.values]}, {_REACH[facet.applies_to]}", label="Takes")
    groups = {group.id: group.label(choice.language or "en") for group in facet.groups}
    for code in facet.codes:
        if choice.code in (None, code.id):
            yield from _code(facet.id, code, groups, choice)


def _code(facet: str, code: CodeDefinition, groups: Mapping[str, str], choice: Choice) -> Iterator[Line]:
    yield Line(f"{code.label(choice.language or 'en')} · {facet}:{code.id}", 3)
    yield Line(code.definition)
    if choice.language is None and len(code.name) > 1:
        yield Line(", ".join(f"{name} ({language})" for language, name in code.name.items() if language != "en"), label="Other names")
    if code.parent:
        yield Line(groups.get(code.parent, code.parent), label="Under")
    if code.isic:
        yield Line(", ".join(code.isic), label="ISIC Rev. 4")
    if code.hrmi:
        yield Line(code.hrmi, label="HRMI")
    yield Line(code.use_when, label="Use when")
    if code.not_when:
        yield Line(code.not_when, label="Not when")
    yield from (Line(f"{_mark(example)} {_quoted(example)}", item=True) for example in code.examples if _spoken(example, choice))
    yield from _cues(code.cues, choice)


def _rule(rule: Rule, choice: Choice) -> Iterator[Line]:
    yield Line(rule.id, 3)
    yield Line(rule.text)
    for example in rule.examples:
        if not _spoken(example, choice):
            continue
        said = (("expects", example.expects), ("refuses", example.refuses))
        asked = "; ".join(f"{name} {', '.join(codes)}" for name, codes in said if codes)
        yield Line(f"{_quoted(example)} → {asked}", item=True)


def _spoken(example: Example | RuleExample, choice: Choice) -> bool:
    return choice.language in (None, example.language)


def _mark(example: Example) -> str:
    return "✓" if example.holds else "✗"


def _quoted(example: Example | RuleExample) -> str:
    return f"“{example.text}” ({' '.join(filter(None, (example.language, example.country)))})"


def _cues(cues: Mapping[str, Cues], choice: Choice) -> Iterator[Line]:
    spoken = {language: found for language, found in cues.items() if choice.language in (None, language)}
    if not choice.cues:
        counts = [f"{language} {sum(len(getattr(found, name)) for name, _ in _STRENGTHS)}" for language, found in spoken.items()]
        if counts:
            yield Line(", ".join(counts), label="Cues")
        return
    for language, found in spoken.items():
        listed = [f"{called}: {', '.join(words)}" for name, called in _STRENGTHS if (words := getattr(found, name))]
        yield Line("; ".join(listed), label=f"Cues ({language})")


def _print(to: Console, shown: Collection[Line]) -> None:
    indent = 0
    for line in shown:
        text = Text()
        if line.level:
            indent = line.level - 1
            to.print()
            text.append(printable(line.text), style="bold underline" if line.level < 3 else "bold")
            to.print(Padding(text, (0, 0, 0, 2 * max(0, indent - 1)), expand=False))
            continue
        if line.label:
            text.append(f"{line.label}: ", style="dim")
        text.append(f"{'- ' * line.item}{printable(line.text)}")
        to.print(Padding(text, (0, 0, 0, 2 * indent), expand=False))
