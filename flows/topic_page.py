"""``suasion topics show`` and ``beyond``: topics as the internal snapshot has them, with quotes for whoever asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from flows.faults import near
from flows.page import console, printable, table
from flows.topic_lookup import named_survey, no_topic
from flows.topic_pages import figure
from store import Filters, Paths, Reader
from store.suppression import INTERNAL_THRESHOLD
from taxonomy.errors import SurveyError
from taxonomy.languages import language_name
from taxonomy.shares import percent

#: What a passage has one of: the topic itself divides by them.
_HOW_SAID = ("effect", "direction")
#: What speakers and passages have: so much of each value speaks of the topic.
_SPLITS = ("language", "country", "wave", "actor")
_SHOWN = 10


def show_topic(topic: str) -> None:
    """Print one topic.

    Raises:
        SnapshotError: nothing is published.
        StoreError: what is published has no such topic.
    """
    out = console()
    with _published(named_survey(topic)) as (reader, filters):
        topics = {row["topic"]: row for row in reader.topics(filters).to_pylist()}
        row = next((row for row in topics.values() if topic == row["topic"] or topic in row["merged"]), None)
        if row is None:
            raise no_topic(topic, list(topics), f" in the snapshot {reader.snapshot.id}")
        _print(out, reader, filters, topic, row)


def show_beyond(survey: str) -> None:
    """Print a survey's topics, those first that codes explain worst.

    Raises:
        SnapshotError: nothing is published.
        SurveyError: what is published has no such survey.
    """
    out = console()
    with _published(survey) as (reader, filters):
        names = {row["topic"]: _marked(row) for row in reader.topics(filters).to_pylist()}
        topics = reader.beyond_codebook(filters).to_pylist()
    if not topics:
        out.print(f"{survey}: no topics were found so far.")
        return
    rows = [
        (
            topic["topic"],
            names.get(topic["topic"], ""),
            _told(topic["size"], str),
            _told(topic["unexplained"], figure),
            ", ".join(topic["best_codes"]),
            _told(topic["without_code"], percent),
            percent(topic["foreseen"]),
        )
        for topic in topics
    ]
    columns = ("topic", "name", "passages", "unexplained", "best codes", "without a code", "near a definition")
    out.print(table(columns, rows, wrapped=("name", "best codes")))
    out.print(
        "\nunexplained: 1 − the best F1 that one code, or two together, reach at telling the topic's passages from the others, of those "
        "that at least three of them have. "
        "Without a code: no settled code of what it is about. Near a definition: likeness to what the codebook says of a code."
    )


@contextmanager
def _published(survey: str) -> Iterator[tuple[Reader, Filters]]:
    with closing(Reader.open(Paths.default())) as reader:
        surveys = reader.surveys()["survey"].to_pylist()
        if survey not in surveys:
            there = ", ".join(surveys) or "none"
            raise SurveyError(survey, [f"is not in the snapshot {reader.snapshot.id}{near(survey, surveys)}; there are: {there}"])
        yield reader, Filters(surveys=(survey,))


def _print(out: Console, reader: Reader, filters: Filters, asked: str, row: Mapping[str, Any]) -> None:
    topic = row["topic"]
    if asked != topic:
        out.print(f"{asked} counts as {topic}.")
    out.print(printable(f"{topic} · {row['name']}"), style="bold")
    if row["suppressed"]:
        about = [f"fewer than {INTERNAL_THRESHOLD} respondents of a protected survey, who are not counted"]
    else:
        about = [f"{row['size']:,} passages in {row['answers']:,} answers, {row['weak']:,} of them weak members"]
    if row["stability"] is not None:
        about.append(f"stability {figure(row['stability'])}")
    about += ["tentative: it came back too seldom when topics were looked for again"] * row["tentative"]
    if row["nearest_code"]:
        about.append(f"{percent(row['foreseen'])} near a definition of the codebook, nearest {row['nearest_code']}")
    about += ["named by a person"] * row["named_by_person"]
    about += [f"with {', '.join(row['merged'])}"] * bool(row["merged"])
    out.print("; ".join(about))
    _words(out, reader, topic)
    codes = reader.topic_codes(topic, filters).to_pylist()
    _codes(out, codes)
    for facet in _HOW_SAID:
        _how_said(out, facet, [code for code in codes if code["facet"] == facet])
    (has_respondents,) = (each["has_respondents"] for each in reader.surveys().to_pylist() if each["survey"] == row["survey"])
    for by in _SPLITS:
        _split(out, reader, filters, topic, by, "respondents" if has_respondents else "texts")
    _quotes(out, reader, filters, topic)
    _history(out, reader, row["survey"], topic)
    _how_found(out, reader, row["survey"])


def _words(out: Console, reader: Reader, topic: str) -> None:
    spoken: dict[str, list[str]] = {}
    for row in reader.topic_words(topic).to_pylist():
        spoken.setdefault(row["language"], []).append(row["word"])
    _heading(out, "Words" if spoken else "Words: none stands in enough of its answers")
    for language, words in spoken.items():
        out.print(f"  {language_name(language)}: {printable(', '.join(words))}")


def _codes(out: Console, codes: Sequence[Mapping[str, Any]]) -> None:
    more = [row for row in codes if row["over_represented"]]
    if not more:
        return
    _heading(out, "Codes that it surely holds more of than the survey does, the surest first")
    rows = [(f"{row['facet']}:{row['code']}", str(row["passages"]), _share(row), f"{row['lift']:.1f} ×") for row in more[:_SHOWN]]
    _print_table(out, table(("code", "passages", "share of the topic", "lift"), rows))


def _how_said(out: Console, facet: str, codes: Sequence[Mapping[str, Any]]) -> None:
    if not codes:
        return
    _heading(out, f"Its {facet}, in passages")
    told = sorted((row for row in codes if not row["suppressed"]), key=lambda row: (-row["passages"], row["code"]))
    rows = [(row["code"], str(row["passages"]), _share(row)) for row in told]
    _print_table(out, table((facet, "passages", "share of the topic"), rows))
    _say_few(out, len(codes) - len(told))


def _split(out: Console, reader: Reader, filters: Filters, topic: str, by: str, counted: str) -> None:
    found = [row for row in reader.topic_split(by, filters).to_pylist() if row["topic"] == topic]
    values = [row for row in found if row["units"]]
    if len(found) < 2 or not values:  # what all of a survey has tells nothing
        return
    _heading(out, f"By {by}, in {counted}")
    values.sort(key=lambda row: (-row["units"], row["value"]))
    rows = [(row["value"], str(row["units"]), str(row["total"]), _share(row)) for row in values[:_SHOWN]]
    _print_table(out, table((by, "in this topic", "in all", "share of all with it"), rows))
    if len(values) > _SHOWN:
        out.print(f"  … and {len(values) - _SHOWN} more")
    _say_few(out, sum(row["suppressed"] for row in found))


def _quotes(out: Console, reader: Reader, filters: Filters, topic: str) -> None:
    _heading(out, "Its most central passages")
    for row in reader.central_quotes(topic, filters).to_pylist():
        where = ", ".join(filter(None, (row["country"], row["language"], row["wave"], row["text_kind"])))
        out.print(Padding(printable(f"“{row['text']}” ({where}) {row['quote']}"), (0, 0, 0, 2), expand=False))


def _history(out: Console, reader: Reader, survey: str, topic: str) -> None:
    _heading(out, "What became of it")
    for event in reader.topic_events(survey).to_pylist():
        if event["topic"] == topic:
            others = f" ({', '.join(event['others'])})" if event["others"] else ""
            out.print(f"  fit {event['fit']}, {event['made']}: {event['event']}{others}")


def _how_found(out: Console, reader: Reader, survey: str) -> None:
    """Print what a topic is cited with."""
    (model,) = (each for each in reader.topic_models().to_pylist() if each["survey"] == survey)
    _heading(out, "How it was found")
    out.print(f"  {model['method']}, fit {model['fit']} of {model['made']}, run {model['run']}")
    out.print(f"  specification {model['spec']}, seed {model['seed']}, encoder {model['encoder']}")
    out.print(f"  snapshot {reader.snapshot.id}")


def _marked(topic: Mapping[str, Any]) -> str:
    return f"{topic['name']}{' (tentative)' * topic['tentative']}"


def _heading(out: Console, text: str) -> None:
    out.print(f"\n{text}", style="bold")


def _print_table(out: Console, made: Table) -> None:
    out.print(Padding(made, (0, 0, 0, 2), expand=False))


def _say_few(out: Console, few: int) -> None:
    if few:
        out.print(f"  … and {few} of fewer than {INTERNAL_THRESHOLD} respondents of a protected survey, which are not counted")


def _told(value: float | None, written: Callable[[Any], str]) -> str:
    """Return a figure, or what stands where it speaks for too few."""
    return f"<{INTERNAL_THRESHOLD}" if value is None else written(value)


def _share(row: Mapping[str, Any]) -> str:
    return f"{percent(row['share'])} ({percent(row['low'])}–{percent(row['high'])})"
