"""Runs: what came in, what was made of it, what could not be used and why, and the passages that came with each run."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer import components, run_chart, run_text, run_view
from explorer.downloads import download
from explorer.figure import Figure, figure
from explorer.filters import View, filters_of
from explorer.frame import page_head
from explorer.literal import literal
from explorer.provenance import where_from
from explorer.run_shelf import Run
from explorer.session import Visit, present
from store import Filters
from store.filters import RUN
from store.run_report import RunReport

#: The parameter of the link that says which run is open.
_OPENED = "record"
_CAVEAT = (
    "Runs up to the one that made this snapshot. One that fails or finds nothing new publishes nothing: it stands here once the next "
    "snapshot is made."
)


def runs_page(visit: Visit) -> None:
    """Draw the page."""
    page_head(visit.grant)
    runs = visit.library.runs.all()
    busy = run_view.busy(runs)
    if not busy:
        st.title("No run is recorded in this snapshot", anchor=False)
        st.text("Runs are recorded by themselves, and published with what they made:")
        st.code("suasion run", language="bash")
        return
    opened = _opened(visit, busy)
    _banner(visit, runs, busy)
    _all(visit, runs, busy)
    _one(visit, opened, busy)


def _opened(visit: Visit, busy: tuple[Run, ...]) -> Run:
    """Return the run that the link names, or that is filtered for alone, else the latest that made something."""
    known = {run.id: run for run in busy}
    asked = st.query_params.get(_OPENED, "")
    filtered = visit.filters.selected().get(RUN, ())
    return (
        known.get(asked) or (known.get(filtered[0]) if len(filtered) == 1 else None) or next((run for run in busy if run.stages), busy[0])
    )


def _banner(visit: Visit, runs: tuple[Run, ...], busy: tuple[Run, ...]) -> None:
    latest = next((run for run in busy if run.stages), busy[0])
    idle = len(runs) - len(busy)
    answers, passages = latest.total("ingest", "made"), latest.total("code", "came")
    last = f"{answers:,} answers taken in, {passages:,} passages coded, {latest.rejected:,} rows or passages not used"
    notes = [f"Not finished in the run of {run_view.moment(run.began)}: {', '.join(run.unfinished)}" for run in busy if run.unfinished]
    components.banner(
        key="banner-runs",
        data={
            "kicker": "Runs",
            "headline": "What the runs did",
            "tally": f"The last at work, on {run_view.moment(latest.began)}: {last}",
            "caveat": _CAVEAT + (f" {idle:,} {'run' if idle == 1 else 'runs'} found nothing new." if idle else ""),
            "chips": [],
            "notes": notes[:1],
            "unfiltered": True,
        },
        on_remove_change=lambda: None,
        on_clear_change=lambda: None,
    )


def _all(visit: Visit, runs: tuple[Run, ...], busy: tuple[Run, ...]) -> None:
    st.subheader("All runs", anchor=False)
    shown = busy
    if len(busy) < len(runs) and st.toggle("Show those that found nothing new", key="idle"):
        shown = runs
    rows = run_view.run_rows(shown, visit.library)
    drawn = components.topics(
        key="runs", data={"title": "Run", "heads": list(run_view.HEADS), "rows": rows}, on_open_change=lambda: None,
        on_narrow_change=lambda: None,
    )  # fmt: skip
    if drawn.open is not None:
        st.query_params[_OPENED] = str(drawn.open)
        st.rerun()


def _one(visit: Visit, run: Run, busy: tuple[Run, ...]) -> None:
    library = visit.library
    report = library.runs.report(run)
    st.space("medium")
    st.header(literal(f"Report of the run of {run_view.moment(run.began)}"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        components.topics(
            key="run-facts", data={"facts": run_view.facts(run, library, report.trace.snapshots)}, on_open_change=lambda: None
        )
        _ways(visit, run)
    with right:
        made_with = run_view.versions(run.versions, run_view.seeds(run, library))
        different = run_view.changed(run, busy)
        note = [("New versions", f"{', '.join(different)}: what they made before is made anew")] if different else []
        components.topics(key="run-versions", data={"facts": [*made_with, *note]}, on_open_change=lambda: None)
    _stages(visit, run)
    _against(report)
    _refused(visit, run)
    _left(visit, report)
    _taken(visit, report)
    where_from(visit, Filters())


def _stages(visit: Visit, run: Run) -> None:
    """Draw the way of the data through the stages, a survey at a time."""
    by_survey = run_view.of_survey(run)
    if not by_survey:
        return
    st.space("medium")
    titles = {id: visit.library.surveys[id].title if id in visit.library.surveys else id for id in by_survey}
    survey = next(iter(by_survey))
    if len(by_survey) > 1:
        survey = st.selectbox("Survey", list(by_survey), format_func=titles.__getitem__, key=f"stages-{run.id}", width=520)
    rows = run_view.stage_rows(by_survey[survey])
    drawn = Figure(
        id=f"stages-{survey}",
        title=f"What came to each stage and what it made: {titles[survey]}",
        unit="rows read",
        n=sum(stage.came for stage in by_survey[survey] if stage.stage == "ingest"),
        spec=run_chart.stage_flow(rows),
        table=run_view.stage_table(rows),
        notes=["Bars of one chart share a scale; what is counted changes from stage to stage and stands beside them"],
    )
    # The record of a run is not of what the filters let through.
    figure(replace(visit, view=View()), drawn)


def _against(report: RunReport) -> None:
    """Draw what changed against the run before; versions that did stand among the versions."""
    st.subheader("Against the run before", anchor=False)
    if not report.changes or report.before is None:
        st.text("No run before worked on the same surveys.")
        return
    alone = "" if len(report.shared) == len(run_view.of_survey(report.run)) else f" Only {', '.join(report.shared)}: both worked on it."
    st.text(f"The run of {run_view.moment(report.before.began)} came before.{alone} A run works on what is new or made anew.")
    differences = {"Difference": st.column_config.NumberColumn(format="%+d")}
    st.dataframe(run_view.change_table(report), hide_index=True, column_config=differences)


def _left(visit: Visit, report: RunReport) -> None:
    """Draw what failed, and of what people were told."""
    failed, told = run_view.failure_table(report, visit.library), run_view.notice_table(report)
    st.subheader("Failures and notices", anchor=False)
    if not failed and not told:
        st.text("The logs tell of no failure in this run, and of no notice.")
    if failed:
        st.text("What failed, by kind and place alone: an error’s words may quote an answer.")
        st.dataframe(failed, hide_index=True)
    if told:
        st.text("Of what people were told:")
        st.dataframe(told, hide_index=True)


def _taken(visit: Visit, report: RunReport) -> None:
    with st.expander("The report as text", icon=":material/content_copy:"):
        st.text(f"The same in a terminal: suasion runs {report.run.id}")
        download(
            visit, "run-report-md", "Markdown", lambda: run_text.to_markdown(report).encode(), f"suasion-run-{report.run.id}.md",
            "text/markdown", key="run-report", help="The whole report as Markdown",
        )  # fmt: skip
        st.code(run_text.to_text(report), language=None)


def _ways(visit: Visit, run: Run) -> None:
    many = "passages" if run.passages is None else "1 passage" if run.passages == 1 else f"{run.passages:,} passages"
    if run.passages == 0:
        st.text("No passage of this snapshot came with this run.")
    elif st.button(literal(f"Read the {many} that came with it"), key="read", type="primary", icon=":material/format_quote:"):
        visit.show(filters_of({RUN: (run.id,)}, "", visit.library.options, suggestions=True))
        st.switch_page("screens/quotes.py")


def _refused(visit: Visit, run: Run) -> None:
    if not run.rejected:
        return
    st.subheader("What could not be used", anchor=False)
    found = [each for each in visit.library.runs.refused() if each.run == run.id]
    if not found:
        st.text("A later run has read these surveys again and found this anew, or put right; it is told there.")
        return
    st.dataframe(run_view.refused_table(found, visit.library), hide_index=True)
    commands = "\n".join(f"suasion rejects {survey}" for survey in dict.fromkeys(each.survey for each in found))
    st.text("Reasons may quote a file, so they stand here by kind alone. Each row with its place and its whole reason:")
    st.code(commands, language="bash")


present(runs_page, "runs", own=(_OPENED,))
