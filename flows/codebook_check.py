"""``suasion codebook check``: the examples of a codebook, coded by the coder in force and held against what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.table import Table

from flows.page import console, table
from flows.progress import Terminal
from models.coding import Code, Coder, Passage
from models.encoders import Encoder
from taxonomy import Codebook, load_codebook
from taxonomy.expectations import Expectation, expectations

_BATCH = 128


@dataclass(frozen=True)
class Finding:
    """What came out for one example in one facet."""

    expectation: Expectation
    given: tuple[Code, ...]
    learned_from: bool = False

    @property
    def agrees(self) -> bool:
        """Whether it is what the example says. What waits for a review counts as given: the coder's best word is what is looked at."""
        return self.expectation.kept_by({code.code for code in self.given})

    def told(self) -> str:
        """Return what came out, each code with its confidence; one that is only suggested for review is marked."""
        return ", ".join(f"{code.code} {code.confidence:.2f}{' for review' * code.review}" for code in self.given) or "nothing"


@dataclass(frozen=True)
class Agreement:
    """How many examples of a facet come out as they should, in all and by language; ``doubtful`` agree as suggestions for review alone."""

    facet: str
    examples: int
    agree: int
    doubtful: int
    by_language: dict[str, tuple[int, int]]  # language: agree, examples

    @property
    def share(self) -> float:
        return self.agree / self.examples if self.examples else 0.0


def check_codebook(file: Path | None, *, everything: bool, strict: bool) -> int:
    """Print the examples that come out otherwise, or all of them, and how many agree; return the exit status.

    Raises:
        CodebookError: the file has faults, all of which are told.
        ModelError: the models are missing or damaged.
    """
    from models.coder import load_coder
    from models.encoders import load_encoder

    terminal, out = Terminal(), console()
    codebook = load_codebook(file)
    asked = expectations(codebook)
    texts = len({_context(each) for each in asked})
    terminal.say(f"{codebook.title} {codebook.stamp}: no faults in the file. Coding {texts} examples …")
    encoder = load_encoder()
    coder = load_coder(codebook, encoder)
    with terminal.stage("codebook", "check", texts) as bar:
        findings = examine(asked, encoder, coder, bar.advance)
    for facet, of_facet in groupby(findings, key=lambda finding: finding.expectation.facet):
        shown = [finding for finding in of_facet if everything or not finding.agrees]
        if shown:
            out.print(f"\n{facet}", style="bold")
            out.print(_findings(shown))
    summary = agreement(codebook, findings)
    out.print()
    out.print(_summary(codebook, summary))
    agree, examples = sum(each.agree for each in summary), sum(each.examples for each in summary)
    said = f"{agree} of {examples} come out as the codebook says" + (f" ({_percent(agree, examples)})" if examples else "")
    learned = sum(finding.learned_from for finding in findings)
    out.print(f"\n{said}. Coder {coder.version}." + (f" It was trained on {learned} of them." if learned else ""))
    return 1 if strict and agree < examples else 0


def examine(asked: Sequence[Expectation], encoder: Encoder, coder: Coder, advance: Callable[[int], None] = lambda _: None) -> list[Finding]:
    """Code the examples, each text once, and return what came out for every expectation, in order.

    What is expected of a facet is looked at whatever the relevance comes out as, also where the facet is there for influence alone.
    """
    passages = list(dict.fromkeys(_context(each) for each in asked))
    coded: dict[Passage, tuple[tuple[Code, ...], bool]] = {}
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        codings = coder.code(batch, encoder.encode([passage.text for passage in batch]))
        coded |= {passage: (coding.codes, coding.learned_from) for passage, coding in zip(batch, codings, strict=True)}
        advance(len(batch))
    findings = []
    for each in asked:
        codes, learned_from = coded[_context(each)]
        given = sorted((code for code in codes if code.facet == each.facet), key=lambda code: (-code.confidence, code.code))
        findings.append(Finding(each, tuple(given), learned_from))
    return findings


def agreement(codebook: Codebook, findings: Iterable[Finding]) -> list[Agreement]:
    """Return for each facet that has examples how many come out as they should."""
    by_facet: dict[str, list[Finding]] = {facet.id: [] for facet in codebook.facets}
    for finding in findings:
        by_facet[finding.expectation.facet].append(finding)
    return [_agreement(facet, codebook.languages, of_facet) for facet, of_facet in by_facet.items() if of_facet]


def _agreement(facet: str, languages: Sequence[str], findings: Sequence[Finding]) -> Agreement:
    spoken = {language: [finding for finding in findings if finding.expectation.language == language] for language in languages}
    return Agreement(
        facet,
        len(findings),
        sum(finding.agrees for finding in findings),
        sum(finding.agrees and _doubtful(finding) for finding in findings),
        {language: (sum(finding.agrees for finding in said), len(said)) for language, said in spoken.items()},
    )


def _doubtful(finding: Finding) -> bool:
    return any(code.review for code in finding.given if code.code in finding.expectation.expects)


def _context(expectation: Expectation) -> Passage:
    return Passage(expectation.text, expectation.language, expectation.country)


def _findings(findings: Sequence[Finding]) -> Table:
    rows = [
        (
            finding.expectation.id,
            " ".join(filter(None, (finding.expectation.language, finding.expectation.country))),
            finding.expectation.text,
            str(finding.expectation),
            ("" if finding.agrees else "✗ ") + finding.told(),
        )
        for finding in findings
    ]
    return table(("example", "in", "text", "expected", "got"), rows, wrapped=("text", "expected", "got"))


def _summary(codebook: Codebook, summary: Sequence[Agreement]) -> Table:
    rows = []
    for each in summary:
        spoken = [f"{_percent(*counts)} of {counts[1]}" if counts[1] else "" for counts in each.by_language.values()]
        rows.append((each.facet, str(each.examples), str(each.agree), str(each.doubtful), _percent(each.agree, each.examples), *spoken))
    return table(("facet", "examples", "agree", "of these for review", "share", *codebook.languages), rows)


def _percent(part: int, whole: int) -> str:
    # Rounded down: a hundred is said of all of them alone.
    return f"{100 * part // whole} %"
