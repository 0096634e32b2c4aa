"""``suasion codebook diff``: what changed from one codebook to another, and what it does to the coded corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from flows.codebook_moves import KINDS, Corpus, Move, by_code, exchanges, first_moved, moves, read_corpus, write_moves
from flows.page import console, require_place, table
from flows.progress import Terminal
from store import Paths
from taxonomy import Codebook, load_codebook
from taxonomy.revision import FIRST, ORDINALS, Change, Revision, compare

_SHIPPED = Path("shipped")
_SHOWN = 10


def diff_codebooks(old: Path, new: Path, survey: str | None, limit: int | None, out: Path | None) -> None:
    """Print the differences in sense, then those in the codes of the store's passages. Nothing in the store changes.

    Raises:
        CodebookError: one of the files has faults, all of which are told.
        SurveyError: there is no such survey in the store.
        StoreBusyError: a run is going on.
        RawFileError: ``out`` cannot be written.
    """
    page, paths = console(), Paths.default()
    if out is not None:
        require_place(out, old, new)
    before, after = (load_codebook(None if path == _SHIPPED else path) for path in (old, new))
    revision = compare(before, after)
    _print_revision(page, before, after, revision)
    if not revision.changes:
        page.print("\nThe two say the same: no code moves.")
        return
    if not paths.work.exists():
        page.print(f"\nThere is no store in {paths.root} to look at; suasion run makes one. The differences above are all there is to say.")
        return
    from models.encoders import encoder_version

    corpus = read_corpus(paths, survey, limit, encoder_version())
    if not corpus.surveys:
        page.print("\nThe store holds no passage that the encoder in force has read; suasion run makes them.")
        return
    found = _coded_twice(corpus, before, after, revision)
    _print_moves(page, corpus, found, after)
    if out is not None:
        write_moves(found, corpus, out)
        inside = " It quotes protected answers: keep it inside." if corpus.protected & {*corpus.surveys} else ""
        page.print(f"\n{len(found):,} moves written to {out}.{inside}")


def _coded_twice(corpus: Corpus, before: Codebook, after: Codebook, revision: Revision) -> list[Move]:
    from models.coder import load_coder
    from models.encoders import load_encoder

    terminal = Terminal()
    terminal.say(f"Coding {len(corpus.surveys):,} passages under both codebooks …")
    encoder = load_encoder()
    old, new = ((codebook, load_coder(codebook, encoder)) for codebook in (before, after))
    with terminal.stage("codebook", "diff", len(corpus.surveys)) as bar:
        return moves(corpus, old, new, revision.renamed, bar.advance)


def _print_revision(page: Console, old: Codebook, new: Codebook, revision: Revision) -> None:
    page.print(f"{old.title} {old.stamp} → {new.title} {new.stamp}", style="bold")
    rows = [(change.kind, change.where, change.what, _number(change)) for change in revision.changes]
    if rows:
        page.print()
        page.print(table(("", "where", "what", "number of the version"), rows, wrapped=("what",)))
    for warning in revision.warnings():
        page.print(f"\nWarning: {warning}")


def _number(change: Change) -> str:
    return f"{ORDINALS[change.asks]}; {ORDINALS[FIRST]} if decided otherwise" if change.sense else ORDINALS[change.asks]


def _print_moves(page: Console, corpus: Corpus, found: Sequence[Move], codebook: Codebook) -> None:
    moved = {move.place for move in found}
    drawn = f", drawn at random from {corpus.known:,}" if corpus.sampled else ""
    page.print(f"\nOf {len(corpus.surveys):,} passages{drawn}, {len(moved):,} would be coded otherwise.")
    if not found:
        return
    page.print()
    names = list(dict.fromkeys(corpus.surveys))
    touched = [corpus.surveys[place] for place in moved]
    page.print(table(("survey", "passages", "move"), [(name, str(corpus.surveys.count(name)), str(touched.count(name))) for name in names]))
    page.print()
    order = {(facet.id, code.id): place for place, (facet, code) in enumerate((f, c) for f in codebook.facets for c in f.codes)}
    counts = sorted(by_code(found).items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    page.print(table(("facet", "code", *KINDS), [(*key, *(str(count[kind]) for kind in KINDS)) for key, count in counts]))
    single = [facet.id for facet in codebook.facets if facet.values == "one"]
    ranked = sorted(exchanges(found, single).items(), key=lambda item: (single.index(item[0][0]), -item[1], item[0]))
    if ranked:
        page.print()
        page.print(table(("facet", "from", "to", "passages"), [(f, a or "none", b or "none", str(n)) for (f, a, b), n in ranked]))
    answers = len({corpus.passages["answer"][place].as_py() for place in moved})
    more = f"; all {answers:,} of them, with their passages: --out MOVES.csv" if answers > _SHOWN else ""
    page.print(f"\nAnswers that move{more}")
    page.print(table(("survey", "answer", "what moves"), first_moved(found, corpus, _SHOWN), wrapped=("what moves",)))
