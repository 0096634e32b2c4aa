"""The report of a run to take along: as plain text to copy, and as Markdown."""

from __future__ import annotations

from explorer.literal import literal
from store.run_report import RunReport, Section


def to_text(report: RunReport) -> str:
    """Return the report for a mail or a note: columns are told apart by spaces."""
    return "\n\n".join("\n".join(_lines(section)) for section in report.sections)


def to_markdown(report: RunReport) -> str:
    """Return the report as Markdown; nothing that a log or a survey is called by is markup in it."""
    parts = [f"# Run {literal(report.run.id)}"]
    for section in report.sections:
        rows = [section.heads, tuple("---" for _ in section.heads), *(tuple(literal(cell) for cell in row) for row in section.rows)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        parts += [f"## {section.title}", *([literal(section.note)] if section.note else []), table]
    return "\n\n".join(parts) + "\n"


def _lines(section: Section) -> list[str]:
    rows = [section.heads, *section.rows] if any(section.heads) else list(section.rows)
    # A log can hold anything: a cell stays on its line.
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return [section.title.upper(), *([section.note] if section.note else []), *table]
