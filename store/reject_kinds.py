"""Why rows and passages could not be used, as kinds: a reason may name a value, a kind never does.

A row whose columns are shifted can put a person's name, or an answer, where a country should stand. So the reasons themselves stay in the
writer's database (``suasion rejects`` shows them), and a snapshot holds how many there are of each kind. A reason that is not known here
counts as ``other``: what was never looked at is not published.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The kind of a reason that no pattern knows.
OTHER = "other"


@dataclass(frozen=True)
class RejectKind:
    """A kind of reason: its id, what is said of it, and the regular expression that the reason begins with."""

    id: str
    said: str
    begins: str


REJECT_KINDS: tuple[RejectKind, ...] = (
    RejectKind("preview", "A preview or test of the survey, not an answer", "a preview or test of the survey"),
    RejectKind("no_consent", "No consent was given", "no consent"),
    RejectKind("embargo", "The end of the embargo is not a date that can be read", "the embargo is not a date"),
    RejectKind("country_blank", "The country is blank", "country is blank"),
    RejectKind("country_unknown", "The country is not known", "unknown country"),
    RejectKind("language_unknown", "The language is not known", "unknown language"),
    RejectKind("language_undeclared", "The language is not among the survey’s", 'language "[^"]*" is not among'),
    RejectKind("question_unknown", "The question is not described", "unknown question"),
    RejectKind("repeated", "The same answer stands in another row, which is kept", r"row \d+ repeats row \d+"),
    RejectKind("superseded", "Another answer by the same respondent is kept", r"row \d+ and row \d+.* are answers of the same"),
    RejectKind("cells", "The row has more or fewer cells than the header", r"the row has \d+ cells where"),
    RejectKind("quotes", "Quotation marks of the file are not closed or not doubled", "quotes are not closed"),
    RejectKind("encoding", "Signs cannot be decoded as those of the rest of the file", "the (row|line) cannot be decoded"),
    RejectKind("json", "The line is no JSON object", "the line is (not JSON|nested too deeply|not a JSON object)"),
    RejectKind("vector", "The passage’s vector is missing or damaged; the next run tries again", "passage [0-9a-f]+: its vector is"),
)

SAID: dict[str, str] = {kind.id: kind.said for kind in REJECT_KINDS} | {OTHER: "Another reason"}


def kind_sql(column: str) -> str:
    """Return SQL for the kind of the reason in a column."""
    cases = " ".join(f"WHEN regexp_matches({column}, '^{kind.begins}') THEN '{kind.id}'" for kind in REJECT_KINDS)
    return f"CASE {cases} ELSE '{OTHER}' END"
