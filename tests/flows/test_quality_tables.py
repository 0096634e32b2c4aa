from __future__ import annotations

from io import StringIO

from rich.console import Console

from flows.quality_tables import heading, show
from models.comparison import Pair
from models.quality import Quality, report
from tests.models.compared import labelled, said
from tests.models.tiny_codebook import tiny_codebook


def quality(**more: object) -> Quality:
    answer = said(relevance="influence", mode="active", actor="bank")
    pairs: list[Pair] = [
        (labelled(f"p{n}", source="reports: 1", relevance="influence", mode="active", actor="bank ifi"), answer) for n in range(30)
    ]
    pairs.append((labelled("k", "ko", relevance="influence", mode="passive", actor=""), answer))
    return report(pairs, tiny_codebook(), name="Test", coder="fake-1", draws=20, **more)  # type: ignore[arg-type]


def shown(found: Quality, codes: bool = False) -> list[str]:
    out = StringIO()
    show(found, tiny_codebook(), codes, Console(file=out, width=200, markup=False, highlight=False))
    return [" ".join(text.split()) for text in out.getvalue().splitlines()]


def test_every_facet_has_its_line() -> None:
    lines = shown(quality())
    start = lines.index("") + 1
    assert lines[start] == "facet n measure figure 95 % macro-F1 95 % codes alpha ECE coverage precision settled"
    assert lines[start + 1].startswith("relevance 31 accuracy 1.00 1.00–1.00 1.00")
    mode = next(text for text in lines if text.startswith("mode"))
    assert mode.startswith("mode 31 accuracy 0.97")
    assert any(text.startswith("all codes ") for text in lines)


def test_groups_are_shown_where_they_can_be_judged_and_named_where_not() -> None:
    lines = shown(quality())
    assert "facet all en (30)" in lines
    assert "Too few passages to be judged: ko (1)" in lines
    assert "facet all reports (30)" in lines
    assert "facet all not given (31)" in lines  # no country, no region


def test_codes_and_confusions_are_shown_where_asked_for() -> None:
    lines = shown(quality(), codes=True)
    assert any(text.startswith("bank 30 31 0.97 1.00 0.98") for text in lines)
    assert "passive active 1 k" in lines
    assert "ifi (none) 30 p0, p1, p2, p3, …" in lines
    assert "(none) bank 1 k" in lines


def test_the_heading_says_what_to_know_first() -> None:
    told = "\n".join(heading(quality(reference="two readers", faults=4, claims={"link F1": None})))
    assert "Reference: two readers" in told
    assert "could not be used: 4." in told
    assert "coded by what carries over: ko (1)" in told
    assert "link F1 –" in shown(quality(claims={"link F1": None}))
