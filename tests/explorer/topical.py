"""A small survey with topics, for tests of the pages that show them. One passage is hostile, and so can a name be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from store import Paths, Writer
from tests.synthetic import BANK, CLINIC, OFF_TOPIC, REPORTS, VERSIONS, Response, Sentence, process
from tests.themed import give_topics

HOSTILE = '<img src=x onerror="window.hacked = 1"> ![x](http://example.org/x.png)'


def _bank(words: str) -> Sentence:
    return replace(BANK, text=f"Bank {words}")


#: Topic 1: six on banks, one of them hostile. Topic 2, tentative: four clinics, weak members. One passage is in no topic.
RESPONSES = (
    *(Response(f"b{number}", (_bank(f"{number} lobbied."),), country="BRA", wave="2024") for number in range(3)),
    Response("b3", (_bank(f"said {HOSTILE}"),), country="KOR", wave="2025"),
    Response("b4", (_bank("5 lobbied."),), country="IND", wave="2025"),
    Response(
        "b5", (replace(_bank("6 helped."), codes=("relevance:influence", "actor:bank", "effect:improves")),), country="IND", wave="2025"
    ),
    *(Response(f"c{number}", (replace(CLINIC, text=f"Clinic {number} opened."),), country="BRA", wave="2025") for number in range(4)),
    Response("o", (OFF_TOPIC,), country="BRA", wave="2025"),
)
BANKS, CLINICS = "reports.1", "reports.2"


def placing(row: Mapping[str, Any]) -> tuple[int, str]:
    """Place a passage by its first word."""
    return {"Bank": (1, "core"), "Clinic": (2, "weak")}.get(row["text"].split()[0], (0, "outlier"))


def build(root: Path, **how: Any) -> Paths:
    """Make a store of the survey with its topics, and publish it."""
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, how.pop("responses", RESPONSES), run)
        give_topics(writer, "reports", run, how.pop("placing", placing), **how)
        writer.publish("internal", run)
        writer.finish_run(run, "done")
    return paths
