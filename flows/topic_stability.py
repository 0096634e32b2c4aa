"""``suasion topics stability``: topics found again and again with other seeds, and how much alike they come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from flows.page import console, require_place, table
from flows.progress import Terminal
from flows.topic_lookup import require_topics
from flows.topic_pages import figure
from flows.workshop import current_versions
from models.topic_spec import topic_spec
from store import Paths, Writer
from taxonomy import load_codebook
from taxonomy.errors import RawFileError

if TYPE_CHECKING:
    from models.topic_repeats import Repeats


def report_stability(survey: str, repeats: int, out: Path | None) -> None:
    """Print how much alike a survey's topics come out in whole fits with other seeds; write it as JSON where a file is named.

    Raises:
        SurveyError: there is no such survey.
        StoreError: its topics were not looked for yet.
        RawFileError: the file cannot be written.
    """
    from models.topic_repeats import repeat

    if out is not None:
        require_place(out)
    terminal, encoder = Terminal(), current_versions(load_codebook()).encoder
    with Writer(Paths.default(), "suasion topics stability") as writer:
        require_topics(writer, survey)
        passages = writer.to_topics(survey, encoder)
        members = writer.ancestry(survey, encoder).members
        named = {row["topic"]: row["name"] for row in writer.topics(survey).to_pylist()}
    # The store is free again: the fits may take minutes.
    with terminal.stage(survey, "stability", repeats + 1) as bar:
        found = repeat(passages, encoder, topic_spec(), repeats, bar.reach)
    topic_of = dict(zip(members["passage"].to_pylist(), members["topic"].to_pylist(), strict=True))
    _show(survey, found, topic_of, named)
    if out is not None:
        _write({"survey": survey} | asdict(found), out)
        terminal.say(f"Written to {out}")


def _show(survey: str, found: Repeats, topic_of: Mapping[str, str | None], named: Mapping[str, str]) -> None:
    out = console()
    out.print(f"{survey}: topics found {len(found.found)} times in {found.fitted:,} passages ({found.method})", style="bold")
    if found.note:
        out.print(found.note)
    out.print(f"topics: {', '.join(map(str, found.found))}")
    out.print(f"in no topic: {', '.join(f'{100 * share:.0f} %' for share in found.outliers)}")
    if found.sharing is not None:
        out.print(f"two passages that share a topic in one fit share one in another: {figure(found.sharing)} of all such pairs")
    if found.adjusted_rand is not None:
        out.print(f"adjusted Rand index between two fits: {figure(found.adjusted_rand)} (1: the same, 0: as by chance)")
    rows = []
    for each in sorted(found.topics, key=lambda each: (-each.again, each.central)):
        topic = topic_of.get(each.central) or ""
        rows.append((topic, named.get(topic, ""), str(each.size), figure(each.again)))
    if rows:
        out.print()
        out.print(table(("topic", "name", "passages", "found again"), rows, wrapped=("name",)))
        out.print("\nfound again: mean Jaccard index with the topic most like it in each other fit")


def _write(figures: Mapping[str, object], out: Path) -> None:
    """Write figures as JSON; the file is there whole or not at all."""
    partial = out.with_name(f"{out.name}.part")
    try:
        partial.write_text(json.dumps(figures, indent=1, ensure_ascii=False), "utf-8")
        partial.replace(out)
    except OSError as error:
        raise RawFileError(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
