"""What the pages about topics show, as texts and rows: sentences on how they were found, lists, shares, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from explorer.few import withheld
from explorer.library import Library
from explorer.names import Names
from explorer.topic_map import MOST_FAINT, MOST_POINTS, Picture, colours
from explorer.topic_shelf import Naming
from store import Filters
from store.filters import ATTRIBUTES
from store.topic_decisions import TOPIC_NAME
from taxonomy import shares

Row = Mapping[str, Any]

#: A tooltip is to be read at a glance; the whole passage stands on the page Quotes.
LONGEST_HOVER = 420
#: As much of a topic's words as stands beside its name.
_WORDS_BESIDE = 8
_MOST_VALUES = 12
_MEMBERS = {"core": "core member", "weak": "weak member", "outlier": "outlier"}
HOW_SAID = ("effect", "direction")
_MOST_CODES = 12
_METHODS = {
    "consensus": "the consensus of repeated clusterings",
    "agglomerative": "agglomerative clustering, because there are few passages",
    "none": "none: too few passages",
}


def of_survey(filters: Filters, survey: str) -> Filters:
    """Return the filters for one survey alone."""
    return replace(filters, surveys=(survey,))


def picture(library: Library, survey: str, filters: Filters, chosen: str = "") -> Picture:
    """Return what the map shows of a survey under the filters: colours and outlines stay those of the whole survey."""
    ground = library.topics.ground(survey, MOST_POINTS)
    points = library.topics.points(of_survey(filters, survey), MOST_POINTS)
    drawn = {point["quote"] for point in points}
    few = {topic["topic"] for topic in library.topics.of(of_survey(filters, survey)) if topic["suppressed"]}
    left_out = [point for point in ground.passages if point["quote"] not in drawn and point["topic"] not in few][
        : min(MOST_FAINT, MOST_POINTS - len(points))
    ]
    return Picture(
        ground=ground,
        points=[_point(point, library.names) | place for point, place in zip(points, ground.places(points), strict=True)],
        faint=ground.places(left_out),
        chosen=chosen,
    )


def drawn_sentence(shown: Picture) -> str:
    """Say what the map draws of what there is."""
    outside = sum(point["topic"] is None for point in shown.points)
    drawn = f"{len(shown.points):,} {'passage' if len(shown.points) == 1 else 'passages'}"
    # As many as can be drawn: then there are more.
    parts = [f"There are too many passages to draw: an even sample of {drawn}" if len(shown.points) >= MOST_POINTS else drawn]
    parts.append(f"{outside:,} of them in no topic (grey)" if outside else "each of them in a topic")
    if shown.faint:
        parts.append("faint dots are passages that the filters leave out")
    return "; ".join(parts) + "."


def list_rows(library: Library, survey: str, topics: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the topics as rows of the list: those that the filters leave something of."""
    given, absent = survey_colours(library, survey), withheld(library.snapshot.view)
    largest = max((topic["size"] or 0 for topic in topics), default=1)
    return [
        {
            "id": topic["topic"],
            "name": topic["name"],
            "colour": given.get(topic["topic"], "#8d99a6"),
            "words": beside(library, topic["topic"], topic["name"]),
            "tags": tags(topic),
            "figures": [
                {"text": count(topic["size"], absent.mark), "share": (topic["size"] or 0) / max(largest, 1)},
                {"text": decimal(topic["stability"]), "share": topic["stability"] or 0, "faint": bool(topic["tentative"])},
            ],
        }
        for topic in topics
    ]


def beyond_rows(library: Library, survey: str, filters: Filters) -> list[dict[str, Any]]:
    """Return the topics as rows, those first that codes explain worst."""
    given, names = survey_colours(library, survey), library.topics.names()
    known = {topic["topic"]: topic for topic in library.topics.of(of_survey(filters, survey))}
    rows, mark = [], withheld(library.snapshot.view).mark
    found = library.topics.beyond(of_survey(filters, survey))
    largest = max((row["size"] or 0 for row in found), default=1) or 1
    for row in found:
        best = " with ".join(code_name(code, library.names) for code in row["best_codes"])
        rows.append(
            {
                "id": row["topic"],
                "name": names.get(row["topic"], row["topic"]),
                "colour": given.get(row["topic"], "#8d99a6"),
                "words": f"Nearest in its passages: {best}" if best else "" if row["suppressed"] else "No code tells them from others",
                "tags": ["tentative"] if known.get(row["topic"], {}).get("tentative") else [],
                "figures": [
                    *(
                        {"text": mark if row[name] is None else percent(row[name]), "share": row[name] or 0}
                        for name in ("unexplained", "without_code")
                    ),
                    {"text": percent(row["foreseen"]), "share": row["foreseen"], "faint": True},
                    {"text": count(row["size"], mark), "share": (row["size"] or 0) / largest, "faint": True},
                ],
            }
        )
    return rows


def survey_colours(library: Library, survey: str) -> dict[str, str]:
    """Return the colour of each topic of a survey, whatever is filtered."""
    return colours([topic["topic"] for topic in library.topics.of(Filters(surveys=(survey,), suggestions=True))])


def beside(library: Library, topic: str, name: str) -> str:
    """Return the words that stand beside a topic's name and say more than it: of its languages in turn, those with most words first."""
    said = set(name.split(", "))
    by_language = [[row["word"] for row in rows if row["word"] not in said] for rows in library.topics.words(topic).values()]
    by_language = sorted((words for words in by_language if words), key=len, reverse=True)
    return " · ".join(", ".join(words[: max(3, _WORDS_BESIDE // len(by_language))]) for words in by_language[:3])


def tags(topic: Row) -> list[str]:
    """Return the marks of a topic in words."""
    return [
        *(["tentative"] if topic["tentative"] else []),
        *(["named by a person"] if topic["named_by_person"] else []),
        *([f"{len(topic['merged'])} merged into it"] if topic["merged"] else []),
    ]


def word_lists(library: Library, topic: str) -> list[dict[str, Any]]:
    """Return the words of a topic by language, each with a weight from 0 to 1."""
    lists = []
    for language, rows in sorted(library.topics.words(topic).items(), key=lambda item: -len(item[1])):
        heaviest = max(row["weight"] for row in rows) or 1
        lists.append(
            {
                "lang": language,
                "language": library.names.code("language", language),
                "words": [{"word": row["word"], "weight": row["weight"] / heaviest} for row in rows],
            }
        )
    return lists


def stability_sentence(topic: Row, model: Row) -> str:
    """Say how stable a topic is, and what that means."""
    if topic["stability"] is None:
        return f"Not measured: {model['note'] or 'no resamples were drawn.'}"
    sure = (
        "tentative: in other samples of these answers it might not be found again"
        if topic["tentative"]
        else "found again in most samples of these answers"
        if topic["stability"] < 0.75
        else "found again in nearly every sample of these answers"
    )
    return f"{decimal(topic['stability'])}: {sure}. It is the mean overlap (Jaccard) with the nearest cluster of each resample."


def history(library: Library, survey: str, topic: str) -> list[tuple[str, str]]:
    """Return what became of a topic from fit to fit, as (day and fit, what happened)."""
    return [
        (f"{event['made'][:10]}, fit {event['fit']}", _happened(event, library.topics.names()))
        for event in library.topics.events(survey)
        if event["topic"] == topic
    ]


def namings(library: Library, decided: Sequence[Naming]) -> list[tuple[str, str]]:
    """Return what people decided about a topic and stands, as (day, what was decided)."""
    names = library.topics.names()
    return [
        (each.on, f"{each.who} named it “{each.value}”")
        if each.kind == TOPIC_NAME
        else (each.on, f"{each.who} merged topic {number(each.topic)} into {names.get(each.value, each.value)}")
        for each in decided
    ]


def said_rows(library: Library, facet: str, codes: Sequence[Row]) -> list[dict[str, Any]]:
    """Return how a topic's passages divide by a facet with one value, in the facet's order."""
    found = {row["code"]: row for row in codes if row["facet"] == facet and not row["suppressed"]}
    return [
        _share(facet, code, library.names.code(facet, code), found[code], f"{found[code]['passages']:,}")
        for code in library.options.get(facet, ())
        if code in found
    ]


def lifted_rows(library: Library, codes: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the codes that a topic has surely more often than the survey's passages in all: the whole interval lies above their share."""
    sure = [row for row in codes if row["over_represented"]]
    return [
        _share(
            row["facet"], row["code"], library.names.alone(row["facet"], row["code"]), row, f"{row['passages']:,}", f"× {row['lift']:.1f}"
        )
        for row in sure[:_MOST_CODES]
    ]


def split_rows(library: Library, by: str, topic: str, filters: Filters) -> tuple[list[dict[str, Any]], int]:
    """Return how much of each value's units speaks of a topic, the values with most units first; and how many values are left out."""
    rows = [row for row in library.topics.split(by, filters) if row["topic"] == topic and row["units"]]
    rows.sort(key=lambda row: (-row["units"], row["value"]))
    shown = [
        _share(by, row["value"], library.names.code(by, row["value"]), row, f"{row['units']:,} of {row['total']:,}")
        for row in rows[:_MOST_VALUES]
    ]
    return shown, len(rows) - len(shown)


def crossing_cells(library: Library, by: str, survey: str, filters: Filters, topics: Sequence[str]) -> list[dict[str, Any]]:
    """Return topics against the most frequent values of a facet as cells, in the order of the topics and of how many units have a value."""
    names = _told_apart(topics, library.topics.names())
    rows = [row for row in library.topics.split(by, of_survey(filters, survey)) if row["topic"] in names and not row["suppressed"]]
    totals = {row["value"]: row["total"] for row in rows}
    values = sorted(totals) if by == "wave" else sorted(totals, key=lambda value: (-totals[value], value))[:_MOST_VALUES]
    order = {topic: place for place, topic in enumerate(topics)}
    rows = sorted((row for row in rows if row["value"] in set(values)), key=lambda row: (order[row["topic"]], values.index(row["value"])))
    return [
        {
            "topic": row["topic"],
            "value": row["value"],
            "row": names[row["topic"]],
            "column": library.names.code(by, row["value"]) if by in ATTRIBUTES else library.names.alone(by, row["value"]),
            "share": row["share"],
            "low": row["low"],
            "high": row["high"],
            "percent": percent(row["share"]) if row["units"] else "",
            "interval": f"{percent(row['low'])} – {percent(row['high'])}",
            "units": f"{row['units']:,} of {row['total']:,}",
        }
        for row in rows
    ]


def model_facts(model: Row, library: Library) -> list[tuple[str, str]]:
    """Return how the topics were found, and how well they still hold."""
    sharing = model["sharing"]
    facts = [
        ("Method", f"{_METHODS.get(model['method'], model['method'])}, in {model['fitted']:,} passages"),
        ("Note", model["note"]),
        (
            "In no topic",
            f"{percent(model['outliers_before'])} of the passages, {percent(model['outliers_after'])} after weak members joined",
        ),
        ("Across runs", f"{percent(sharing)} of the pairs that share a topic in one run do so in another" if sharing is not None else ""),
        ("Since then", model["proposal"]),
        ("Refit", f"suasion topics refit {model['survey']}" if model["refit_proposed"] else ""),
        ("Specification", f"{model['spec']}, seed {model['seed']}"),
        ("Encoder", model["encoder"]),
        ("Found", f"{model['made'][:16].replace('T', ' ')} UTC in run {model['run']}, fit {model['fit']}"),
        ("Snapshot", library.snapshot.id),
    ]
    return [(term, said) for term, said in facts if said]


def share_block(title: str, rows: Sequence[Row], *heads: str) -> dict[str, Any]:
    """Return rows of shares as a block under its title; the scale ends a little beyond the widest interval."""
    highest = max(row["high"] for row in rows)
    return {"title": title, "heads": ["Share", "95 %", *heads], "highest": min(1.0, ceil(highest * 20) / 20), "rows": list(rows)}


def percent(share: float) -> str:
    """Return a share in per cent, never broken at the end of a line."""
    return shares.percent(share).replace(" ", "\u00a0")


def count(value: int | None, mark: str) -> str:
    """Return a count, or the mark that stands where it is not told."""
    return mark if value is None else f"{value:,}"


def decimal(value: float | None) -> str:
    """Return a figure between 0 and 1, or a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"


def number(topic: str) -> str:
    """Return a topic's number in its survey."""
    return topic.rpartition(".")[2]


def code_name(code: str, names: Names) -> str:
    """Return the name of a code given as ``facet:code``."""
    facet, _, value = code.partition(":")
    return f"{names.facet(facet)}: {names.code(facet, value)}"


def _told_apart(topics: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the names of topics, with their numbers where people gave two the same."""
    given = [names.get(topic, topic) for topic in topics]
    return {topic: f"{name} ({number(topic)})" if given.count(name) > 1 else name for topic, name in zip(topics, given, strict=True)}


def _share(facet: str, code: str, name: str, row: Row, *texts: str) -> dict[str, Any]:
    return {
        "name": name,
        "narrow": {"facet": facet, "code": code},
        "low": row["low"],
        "share": row["share"],
        "high": row["high"],
        "figures": [percent(row["share"]), f"{row['low'] * 100:.0f} – {row['high'] * 100:.0f}", *texts],
    }


def _point(point: Row, names: Names) -> dict[str, Any]:
    text = point["text"]
    return {
        "quote": point["quote"],
        "topic": point["topic"],
        "membership": point["membership"],
        "text": text if len(text) <= LONGEST_HOVER else f"{text[:LONGEST_HOVER].rsplit(' ', 1)[0]} …",
        "country": names.code("country", point["country"]) if point["country"] else "not known",
        "language": names.code("language", point["language"]) if point["language"] else "not known",
        "member": _MEMBERS[point["membership"]],
    }


def _happened(event: Row, names: Mapping[str, str]) -> str:
    others = ", ".join(f"{names.get(topic, 'topic')} ({number(topic)})" for topic in event["others"])
    alike = [
        *([f"{percent(event['overlap'])} of the passages in common"] if event["overlap"] is not None else []),
        *([f"likeness {event['similarity']:.2f}"] if event["similarity"] is not None else []),
    ]
    said = {
        "born": "first found",
        "continued": "the same as in the fit before",
        "returned": "found again after it had gone",
        "died": "not found any more",
        "split": f"split into {others}",
        "merged": f"merged: {others}",
    }[event["event"]]
    return f"{said} ({', '.join(alike)})" if alike else said
