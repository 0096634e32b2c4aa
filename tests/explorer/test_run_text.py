from __future__ import annotations

from datetime import UTC, datetime

from explorer.run_text import to_markdown, to_text
from store.run_log import Failure, Trace
from store.run_report import RunRecord, Stage, run_report

RUN = RunRecord("r-1", datetime(2026, 11, 23, tzinfo=UTC), None, "failed", ("a",), {}, (Stage("a", "ingest", 1000, 90, 10, 0, 2.0),))
REPORT = run_report(RUN, (RUN,), (), Trace((Failure("a", "code", "**Value**|Error\nnext", ("<b>",)),)))


def test_as_text_it_stands_in_columns() -> None:
    lines = to_text(REPORT).splitlines()
    assert lines[0] == "RUN"
    assert "State         failed" in lines
    head = next(line for line in lines if line.startswith("Survey  Stage   Came"))
    assert lines[lines.index(head) + 1].startswith("a       ingest  1,000")
    assert "a       code   **Value**|Error next  <b>" in lines


def test_as_markdown_it_is_tables_and_nothing_in_a_log_is_markup() -> None:
    told = to_markdown(REPORT)
    assert told.startswith("# Run r\\-1\n\n## Run\n")
    assert "| Survey | Stage | Came | Made | Not used | Known | Seconds | A second |\n| --- |" in told
    assert "\\*\\*Value\\*\\*\\|Error next | \\<b\\> |" in told
