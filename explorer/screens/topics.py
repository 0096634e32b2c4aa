"""Topics: what the answers are about beyond the codebook, as a map, a list, a page for each, and against places and times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import components, still, topic_charts, topic_map, topic_view
from explorer.downloads import download
from explorer.export import to_csv
from explorer.few import withheld
from explorer.figure import Figure, figure
from explorer.filters import narrowed
from explorer.frame import heading, sidebar
from explorer.headline import subject
from explorer.palette import in_theme
from explorer.provenance import where_from
from explorer.session import Visit, present
from explorer.states import nothing_found
from explorer.topic_page import topic_page
from explorer.topic_table import topic_table
from store import Filters
from store.filters import TOPIC

_CAVEAT = (
    "Topics are found in the answers themselves, by what passages mean, in all languages together; codes say in which direction. A topic "
    "is a reading aid, not a finding: how often it is found again stands beside it, and tentative ones might not be."
)
_COMPARED = ("wave", "country", "actor", "effect", "direction", "right")
_MOST_COMPARED = 15
_MOST_SMALL_CHARTS = 9
_BEYOND = (
    "Topics that the codebook describes worst come first. Unexplained is how badly the best code, or the best two together, tell a "
    "topic’s passages from all others (1 − F1). Beside it stand the share of its passages without any code of content, and the share that "
    "lies near the definition of a code."
)


def topics_page(visit: Visit) -> None:
    """Draw the page."""
    survey = _survey(visit)
    if survey is None:
        heading(visit, "Topics", visit.library.counts(visit.filters), _CAVEAT)
        sidebar(visit)
        _none_yet(visit)
        return
    model = visit.library.topics.model(survey) or {}
    topics = [topic for topic in visit.library.topics.of(topic_view.of_survey(visit.filters, survey)) if topic["size"] != 0]
    opened = next((topic for topic in visit.library.topics.of(Filters(surveys=(survey,))) if topic["topic"] == visit.view.topic), None)
    if opened is not None:
        here = next(
            (topic for topic in topics if topic["topic"] == opened["topic"]),
            {**opened, "size": 0, "answers": 0, "units": 0, "weak": 0, "suppressed": False},
        )
        topic_page(visit, survey, here, model)
        return
    here = topic_view.of_survey(visit.filters, survey)
    counts = visit.library.counts(here)
    notes = [model["proposal"]] if model["refit_proposed"] else []
    heading(visit, "Topics", counts, _CAVEAT, notes, within=here)
    sidebar(visit)
    _choice(visit, survey)
    if model["method"] == "none" or not visit.library.topics.found(survey):
        st.subheader("No topics were found in this survey", anchor=False)
        st.text(model["note"] or "No group of passages stands out from the others.")
    elif not visit.library.topics.of(Filters(surveys=(survey,), suggestions=True)):
        st.subheader("No topic of this survey can be shown", anchor=False)
        st.text("Too few people speak of each of them, or all their passages are withdrawn.")
    elif not counts.anything:
        nothing_found(visit, "Take a filter away above, or tick another value beside one that is ticked.")
    else:
        _map(visit, survey, model, topics)
        _list(visit, survey, topics)
        _compared(visit, survey, topics)
        _beyond(visit, survey)
    _footer(visit, model)


def _survey(visit: Visit) -> str | None:
    """Return the survey whose topics are shown: that of the topic that is open, else the first one filtered that has topics."""
    known = visit.library.topics.surveys()
    of_topic = visit.view.topic.rpartition(".")[0]
    chosen = [survey for survey in visit.filters.surveys if survey in known]
    if of_topic in known and (not visit.filters.surveys or of_topic in chosen):
        return of_topic
    if visit.filters.surveys:
        return chosen[0] if chosen else None
    size = {survey: sum(topic["size"] or 0 for topic in visit.library.topics.of(Filters(surveys=(survey,)))) for survey in known}
    return max(known, key=lambda survey: size[survey], default=None)


def _choice(visit: Visit, survey: str) -> None:
    """Let another survey be chosen, where there are more: topics belong to one each."""
    known = visit.library.topics.surveys()
    if len(known) == 1 and visit.filters.surveys == (survey,):
        return
    key = f"survey-{survey}-{visit.filters.surveys}"

    def chose() -> None:
        visit.show(narrowed(visit.filters, {"survey": (st.session_state[key],)}, visit.library.options))

    st.selectbox(
        "Topics of the survey", known, index=known.index(survey), key=key, on_change=chose, width=520,
        format_func=lambda id: visit.library.surveys[id].title, help="Topics belong to one survey: this choice is a filter too.",
    )  # fmt: skip


def _none_yet(visit: Visit) -> None:
    if visit.library.topics.surveys():
        st.subheader("The surveys that are filtered have no topics", anchor=False)
        st.text("Tick another survey at the side, or take the survey away above.")
        return
    st.subheader("No topics have been found yet", anchor=False)
    st.text("They are found when a survey runs, and shown when it is published:")
    st.code("suasion run", language="bash")


def _map(visit: Visit, survey: str, model: dict[str, Any], topics: Sequence[dict[str, Any]]) -> None:
    library = visit.library
    shown = topic_view.picture(library, survey, visit.filters)
    few = sum(topic["suppressed"] for topic in topics)
    absent = withheld(library.snapshot.view).left_out(few, "topic is not drawn", "topics are not drawn")
    st.subheader("Map of the passages", anchor=False)
    st.text(
        "Passages that mean alike lie near one another; directions and distances far apart mean nothing. "
        f"{topic_view.drawn_sentence(shown)}{absent} Pick a point or an outline to open its topic. "
        "Drag to move, hold Ctrl or ⌘ and scroll to zoom, double-click to see all again."
    )
    picked = st.vega_lite_chart(
        spec=in_theme(topic_map.topic_map(shown)), key=_key(f"map-{survey}"), on_select="rerun", selection_mode=list(topic_map.PICKS),
        theme=None, width="stretch", alt="Map of passages coloured by topic; the list below holds the same topics",
    )  # fmt: skip
    selected = picked.get("selection", {})
    for pick in topic_map.PICKS:
        if (points := selected.get(pick)) and points[0].get("topic"):
            _open(visit, str(points[0]["topic"]))
    title = f"Topics: {library.surveys[survey].title}"
    lines = [
        f"{subject(visit.filters, library.names)}. {topic_view.drawn_sentence(shown)}",
        f"{library.surveys[survey].source}. Suasion, snapshot {library.snapshot.id}, {model['spec']}, seed {model['seed']}.",
    ]
    name = f"suasion-topics-{survey}-{library.snapshot.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text("To take away: the map without any words of passages, and the topics as a table.", width="stretch")
        download(
            visit, "topic-map-png", "PNG", lambda: topic_map.to_png(topic_map.print_map(shown, title, lines)), f"{name}.png", "image/png",
            key="png", help="The map for print, 25 cm wide at 300 dots per inch",
        )  # fmt: skip
        download(
            visit, "topic-map-svg", "SVG", lambda: still.to_svg(topic_map.print_map(shown, title, lines)), f"{name}.svg",
            "image/svg+xml", key="svg", help="The map for print, to be enlarged at will",
        )  # fmt: skip
        download(
            visit, "topics-csv", "CSV", lambda: to_csv(topic_table(library, survey, visit.filters)), f"{name}.csv", "text/csv",
            key="csv", help="The topics of this view with their figures and words",
        )  # fmt: skip


def _list(visit: Visit, survey: str, topics: Sequence[dict[str, Any]]) -> None:
    st.space("medium")
    st.subheader("Topics", anchor=False)
    st.text(
        f"{len(topics):,} {'topic' if len(topics) == 1 else 'topics'} with passages in this view, the largest first. Stability is how well "
        "a topic is found again in samples of the answers, from 0 to 1."
    )
    rows = topic_view.list_rows(visit.library, survey, topics)
    _rows(visit, "topics", {"title": "Topic", "heads": ["Passages", "Stability"], "rows": rows})


def _compared(visit: Visit, survey: str, topics: Sequence[dict[str, Any]]) -> None:
    st.space("medium")
    st.subheader("Topics over time and place", anchor=False)
    names, library = visit.library.names, visit.library
    shares = {by: library.topics.split(by, topic_view.of_survey(visit.filters, survey)) for by in _COMPARED}
    offered = [by for by in _COMPARED if len({row["value"] for row in shares[by]}) > 1]
    waves = sorted({str(row["value"]) for row in shares["wave"]})
    if "wave" not in offered:
        called = f" ({names.code('wave', waves[0])})" if waves else ""
        st.text(f"This view has one wave{called}, so there is nothing to show over time.")
    if not offered:
        return
    by = st.segmented_control("By", offered, format_func=names.facet, default=offered[0], key="by", required=True) or offered[0]
    most = _MOST_SMALL_CHARTS if by == "wave" else _MOST_COMPARED
    shown = [topic["topic"] for topic in topics[:most]]
    cells = topic_view.crossing_cells(library, by, survey, visit.filters, shown)
    rows, columns = (list(dict.fromkeys(cell[key] for cell in cells)) for key in ("row", "column"))
    unit = "respondents" if library.surveys[survey].has_respondents else "texts"
    facet = names.facet(by)
    few = sum(row["suppressed"] for row in shares[by] if row["topic"] in set(shown))
    if by == "wave":
        given = topic_view.survey_colours(library, survey)
        spec = topic_charts.over_waves([cell | {"colour": given[cell["topic"]]} for cell in cells], rows, columns)
    else:
        spec = topic_charts.crossing(cells, rows, columns)
    picked = figure(
        replace(visit, view=replace(visit.view, filters=topic_view.of_survey(visit.filters, survey))),
        Figure(
            id=f"topics-by-{by}",
            title=f"Topics by {facet.lower()}",
            unit=f"% of the {unit} of each {facet.lower()} that speak of a topic",
            n=library.counts(topic_view.of_survey(visit.filters, survey)).units,
            spec=spec,
            table=[
                {"Topic": cell["row"], facet: cell["column"], "Share": topic_view.percent(cell["share"]),
                 "95 % interval": cell["interval"], unit.capitalize(): cell["units"]}
                for cell in cells
            ],
            interval="Bars are 95 % intervals" if by == "wave" else "The 95 % intervals are in the table",
            withheld=withheld(library.snapshot.view).left_out(few, "share is not shown", "shares are not shown"),
            notes=[
                *([f"The {most} largest topics"] if len(topics) > most else []),
                "They may speak of several",
                "Pick a point to read its quotes" if by == "wave" else "Pick a cell to read its quotes",
            ],
        ),
        picks=["cell"],
    )  # fmt: skip
    for point in picked.get("cell", ()):
        chosen = {TOPIC: (str(point.get("topic")),), by: (str(point.get("value")),), "survey": (survey,)}
        visit.show(narrowed(visit.filters, chosen, library.options))
        st.switch_page("screens/quotes.py")


def _beyond(visit: Visit, survey: str) -> None:
    st.space("medium")
    st.subheader("Beyond the codebook", anchor=False)
    st.text(_BEYOND)
    rows = topic_view.beyond_rows(visit.library, survey, visit.filters)
    heads = ["Unexplained", "Without a code", "Near a code", "Passages"]
    _rows(visit, "beyond", {"title": "Worst explained", "heads": heads, "rows": rows})


def _rows(visit: Visit, key: str, data: dict[str, Any]) -> None:
    drawn = components.topics(key=key, data=data, on_open_change=lambda: None, on_narrow_change=lambda: None)
    if drawn.open is not None:
        _open(visit, str(drawn.open))


def _open(visit: Visit, topic: str) -> None:
    _picked()
    visit.open(topic)
    st.rerun()


def _picked() -> None:
    st.session_state["picks"] = st.session_state.get("picks", 0) + 1


def _key(name: str) -> str:
    # A new key for each return to the page: a pick that was followed is not followed again.
    return f"{name}-{st.session_state.get('picks', 0)}"


def _footer(visit: Visit, model: dict[str, Any]) -> None:
    st.space("large")
    components.topics(
        key="model",
        data={"calm": True, "facts": topic_view.model_facts(model, visit.library)},
        on_open_change=lambda: None,
        on_narrow_change=lambda: None,
    )
    where_from(visit, topic_view.of_survey(visit.filters, str(model["survey"])))


present(topics_page, "topics", of_topics=True)
