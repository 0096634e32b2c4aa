"""The topics of a view as a table to take away."""

from __future__ import annotations

from explorer.export import Sheet
from explorer.few import withheld
from explorer.library import Library
from explorer.quote_table import view_lines
from explorer.topic_view import code_name, model_facts, of_survey
from store import Filters

_HEADER = (
    "Topic", "Name", "Named by a person", "Passages", "Answers", "Respondents or texts", "Weak members", "Stability", "Tentative",
    "Unexplained by codes", "Without a code of content", "Near a code's definition", "Best codes", "Merged into it", "Words",
)  # fmt: skip


def topic_table(library: Library, survey: str, filters: Filters) -> Sheet:
    """Return the topics of a survey that the filters leave something of, the largest first."""
    here = of_survey(filters, survey)
    beyond = {row["topic"]: row for row in library.topics.beyond(here)}
    rows, absent = [], withheld(library.snapshot.view)
    for topic in library.topics.of(here):
        if topic["size"] == 0:
            continue
        codes = beyond.get(topic["topic"], {})
        words = library.topics.words(topic["topic"])
        rows.append(
            (
                topic["topic"],
                topic["name"],
                "yes" if topic["named_by_person"] else "",
                *(absent.mark if topic[name] is None else topic[name] for name in ("size", "answers", "units", "weak")),
                "" if topic["stability"] is None else round(topic["stability"], 3),
                "yes" if topic["tentative"] else "",
                *("" if codes.get(key) is None else round(codes[key], 3) for key in ("unexplained", "without_code", "foreseen")),
                "; ".join(code_name(code, library.names) for code in codes.get("best_codes", ())),
                "; ".join(topic["merged"]),
                "; ".join(f"{language}: {', '.join(row['word'] for row in rows_)}" for language, rows_ in words.items()),
            )
        )
    model = library.topics.model(survey)
    few = [(absent.mark, absent.why)] if any(absent.mark in row for row in rows) else []
    return Sheet(_HEADER, rows, [*view_lines(library, here), *few, *(model_facts(model, library) if model else [])])
