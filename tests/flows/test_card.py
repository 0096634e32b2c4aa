from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from flows.card import write_card
from models.figures import FEWEST_CASES, Quality
from models.labels import LabelledPassage
from models.quality import Pair, report
from models.training import Recipe
from models.transformer import transformer_version
from tests.models.compared import labelled, said
from tests.models.tiny_codebook import tiny_codebook

RECIPE = Recipe(seed=3, epochs=2)


def pairs(count: int = 40) -> list[Pair]:
    """A coder that takes every passage for a passive influence of a bank; every other one is active, one in eight of an ifi."""
    made: list[Pair] = []
    for number in range(count):
        language, source = ("es", "survey") if number >= 32 else ("en", f"reports: page {number}")
        held = {"relevance": "influence", "mode": "active" if number % 2 else "passive", "actor": "ifi" if number % 8 == 0 else "bank"}
        row = labelled(f"p{number}", language=language, source=source, **held)
        made.append((row, said(relevance="influence", mode="passive", actor="bank")))
    return made


@pytest.fixture(scope="module")
def quality() -> Quality:
    return report(pairs(), tiny_codebook(), name="cross-validation", coder="suasion-9+abc", predictions="out of fold", draws=20)


def card(folder: Path, quality: Quality, auxiliary: int = 0, rights: dict[str, float] | None = None) -> str:
    rows = [row for row, _ in pairs()]
    more = [LabelledPassage(f"u{number}", rows[0].passage, {"right": ()}, "Universal Periodic Review") for number in range(auxiliary)]
    write_card(folder, quality, rows, more, RECIPE, 0.9, rights or {})
    return (folder / "CARD.md").read_text("utf-8")


def test_the_page_says_what_was_learned_from_and_how(quality: Quality, tmp_path: Path) -> None:
    page = card(tmp_path, quality)
    assert f"on {transformer_version()}, for the codebook {tiny_codebook().stamp}; seed 3," in page
    assert "2 epochs, rank 16" in page
    assert "from the confidence on that leaves a precision of 0.90" in page
    assert "**Learned from** 40 passages coded in every facet (en 32, es 8; reports 32, survey 8)." in page
    assert quality.caveat in page


def test_the_page_says_what_is_not_out_of_fold(quality: Quality, tmp_path: Path) -> None:
    page = " ".join(card(tmp_path, quality).split())
    assert "each coded by heads and weights of evidence that were fitted on other families" in page
    assert "Not all is out of fold: what a cue counts for (`models/selection.py`)" in page


def test_the_page_has_the_figures_of_every_facet_and_language_that_can_be_judged(quality: Quality, tmp_path: Path) -> None:
    page = card(tmp_path, quality)
    relevance, actor, mode = (
        next(line for line in page.splitlines() if line.startswith(f"| {facet} ")) for facet in ("relevance", "actor", "mode")
    )
    assert relevance.startswith("| relevance | 40 | 1.00 (1.00–1.00) |")
    assert actor.startswith("| actor | 40 | 0.88 (")
    assert mode.startswith("| mode | 40 | 0.50 (")
    assert "| en | 32 | 1.00 | 0.88 | 0.50 |" in page
    assert "| es |" not in page, "eight passages are too few to judge a language by"


def test_the_page_names_the_weakest_codes_of_enough_cases(quality: Quality, tmp_path: Path) -> None:
    page = card(tmp_path, quality)
    weakest = page[page.index("## Known weaknesses") :]
    assert [line.split(" | ")[0] for line in weakest.splitlines() if line.startswith("| ")][1:] == [
        "| actor:ifi", "| mode:active", "| mode:passive", "| actor:bank", "| relevance:influence",
    ]  # fmt: skip
    assert f"at least {FEWEST_CASES} cases" in weakest
    assert "| actor:ifi | 5 | – | 0.00 | 0.00 |" in weakest


def test_recommendations_are_told_where_there_were_any(quality: Quality, tmp_path: Path) -> None:
    assert "Universal Periodic Review" not in card(tmp_path, quality)
    page = card(tmp_path, quality, auxiliary=7, rights={"recommendations": 3.0, "micro-F1": 0.9})
    assert "and 7 recommendations of the UN's Universal Periodic Review coded by right." in page
    assert "## Rights of recommendations that were withheld" in page
    assert "- micro-F1: 0.90" in page
    assert "- recommendations: 3\n" in page


def test_the_facts_are_for_machines_and_hold_no_passage(quality: Quality, tmp_path: Path) -> None:
    page = card(tmp_path, quality, auxiliary=2, rights={"micro-F1": 0.9})
    text = (tmp_path / "card.json").read_text("utf-8")
    facts = json.loads(text)
    assert facts["transformer"] == transformer_version()
    assert facts["recipe"] == asdict(RECIPE)
    assert facts["precision wanted"] == 0.9
    assert facts["coder"] == "suasion-9+abc"
    assert facts["passages"] == {"count": 40, "by language": {"en": 32, "es": 8}, "by source": {"reports": 32, "survey": 8}}
    assert facts["auxiliary"]["count"] == 2
    assert facts["rights of withheld recommendations"] == {"micro-F1": 0.9}
    assert [facet["facet"] for facet in facts["quality"]["facets"]] == [facet.facet for facet in quality.facets]
    assert not any("cells" in facet for facet in facts["quality"]["facets"])
    for written in (text, page):
        assert "Text p1" not in written


def test_figures_that_are_not_defined_are_a_dash(tmp_path: Path) -> None:
    few = report(pairs(3), tiny_codebook(), name="few", coder="c", draws=5)
    page = card(tmp_path, few)
    assert "None" not in page
    assert "| – |" in page
