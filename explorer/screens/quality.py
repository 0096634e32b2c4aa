"""Coding quality: how well the coder reads, measured against passages that people coded, down to the passages it got wrong."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from explorer import components, quality_charts, quality_view
from explorer.frame import page_head
from explorer.names import Names
from explorer.palette import in_theme
from explorer.quality_report import SHIPPED, Report, at_training
from explorer.session import admitted
from store import Paths
from store.quality import FacetQuality, Quality, load_passages, load_quality, load_shipped, reports
from store.suppression import INTERNAL_THRESHOLD
from taxonomy import load_codebook
from taxonomy.errors import SuasionError

#: What is looked at: the widgets' keys, and the parameters of the link that says the same.
_REPORT, _FACET = "report", "facet"
_NOT_HERE = (
    "Nobody has measured the coder on passages of your own yet. These are the figures of its training. To measure it, give it passages "
    "that people coded, one JSON object a line: suasion evaluate GOLD.jsonl"
)
#: Nobody says whether labelled passages are of a protected survey: outside, what so few of them show is not told.
_FEW_OUTSIDE = f" Outside the internal view figures of fewer than {INTERNAL_THRESHOLD} passages are left out."


def quality_page() -> None:
    """Draw the page."""
    grant = admitted("quality")
    if grant is None:
        return
    page_head(grant)
    paths = Paths.default()
    found: dict[str, Quality] = {}
    faults: list[str] = []
    for id in reports(paths):
        try:
            found[id] = _figures(paths.root, id)
        except SuasionError:
            # The error names the file; the page is for readers who need not know where the data lie.
            faults.append(f"Report {id}: missing, damaged or of another release; delete its folder and evaluate again.")
    if shipped := load_shipped():
        found[SHIPPED] = at_training(shipped)
    if not found:
        _nothing(faults)
        return
    _follow_link(_REPORT, list(found))
    id = st.selectbox(
        "Report", list(found), format_func=lambda id: _label(found[id]), key=_REPORT,
        label_visibility="collapsed" if len(found) == 1 else "visible",
    )  # fmt: skip
    report = Report(grant, id, found[id], Names(load_codebook()))
    _banner(report.quality, [*([_NOT_HERE] if list(found) == [SHIPPED] else []), *faults])
    facet = _facets(report)
    if facet is not None:
        _one_facet(paths, report, facet)
        _groups(report)
    _meanings()


def _follow_link(key: str, known: list[str]) -> None:
    """Look at what was chosen before, else at what the link says, else at the first; a link to what is not there leads there too."""
    if st.session_state.get(key) not in known:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in known else known[0]
    st.query_params[key] = st.session_state[key]


@lru_cache(maxsize=16)
def _figures(root: Path, id: str) -> Quality:
    return load_quality(Paths(root), id)


def _label(quality: Quality) -> str:
    return f"{quality.name} · {quality.made[:10]} · {quality.passages:,} passages"


def _nothing(faults: list[str]) -> None:
    st.title("The coder has not been measured here")
    st.write("Give it passages that people coded, one JSON object a line; this page then shows every figure and what is behind it:")
    st.code("suasion evaluate GOLD.jsonl", language="bash")
    for fault in faults:
        st.text(fault)


def _banner(quality: Quality, faults: list[str]) -> None:
    passages = f"{quality.passages:,} {'passage' if quality.passages == 1 else 'passages'}"
    components.banner(
        key="banner-quality",
        data={
            "kicker": "Coding quality",
            "headline": quality.name,
            "tally": f"{passages}, {quality.predictions}",
            "caveat": quality.caveat,
            "chips": [],
            "notes": faults,
            "unfiltered": True,
        },
        on_remove_change=lambda: None,
        on_clear_change=lambda: None,
    )
    st.text("\n".join(quality_view.facts(quality)))
    figures = (
        ("Passages measured", f"{quality.passages:,}", "Passages of the reference that count in the figures below."),
        ("Left out: learned from", f"{quality.learned_from:,}", "The coder was trained on these passages; they count in no figure."),
        ("Coverage", quality_view.percentage(quality.coverage.share), "Share of the coder's codes that it does not leave for review."),
        ("Their precision", quality_view.percentage(quality.coverage.settled_precision), "Share of these codes that the reference has."),
        ("Calibration error", quality_view.number(quality.calibration.error), "How far confidences are from what comes true."),
    )  # fmt: skip
    for column, (title, value, meaning) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(title, value, help=meaning)


def _facets(report: Report) -> FacetQuality | None:
    """Draw all facets and return the one that is looked into."""
    quality, names = report.quality, report.names
    st.subheader("Facets", anchor=False)
    if not quality.facets:
        st.text("No passage is left to measure on.")
        return None
    known = [facet.facet for facet in quality.facets]
    st.text(
        "Dots are accuracy (facets with one value) or micro-F1 (facets with many), with their 95 % intervals; diamonds are macro-F1. "
        "Pick a row to look into the facet."
    )
    above = st.container()
    below = st.container()
    st.space("medium")
    _follow_link(_FACET, known)
    chosen = st.pills("Facet", known, format_func=names.facet, key=_FACET, required=True) or known[0]
    key = f"facets-{quality.made}-{quality.name}"

    def picked() -> None:
        points = st.session_state[key].get("selection", {}).get("facet") or []
        if points and points[0].get("facet") in known:
            st.session_state[_FACET] = points[0]["facet"]

    spec = quality_charts.facet_rows(quality_view.facet_rows(quality, names), chosen)
    above.vega_lite_chart(
        spec=in_theme(spec), key=key, on_select=picked, theme=None, width="content",
        alt="Figures of every facet with their intervals; the table below holds the same",
    )  # fmt: skip
    with below:
        report.table("facets", "How well each facet is coded", quality.passages, spec, quality_view.facet_table(quality, names))
    return quality.facet(chosen)


def _one_facet(paths: Paths, report: Report, facet: FacetQuality) -> None:
    names = report.names
    st.subheader(names.facet(facet.facet), anchor=False)
    st.text(quality_view.account(facet, report.quality.draws))
    codes, calibration = st.columns([3, 2], gap="medium")
    with codes:
        _codes(report, facet)
    with calibration:
        _reliability(report, facet)
    _confusion(paths, report, facet)


def _codes(report: Report, facet: FacetQuality) -> None:
    names = report.names
    st.subheader("Codes", anchor=False)
    rows = quality_view.code_rows(facet, names, report.least)
    st.text("Precision and recall of each code; the bar is the 95 % interval of its F1." + _FEW_OUTSIDE * (not report.inside))
    spec = quality_charts.code_rows(rows)
    st.vega_lite_chart(
        spec=in_theme(spec), key=f"codes-{facet.facet}", theme=None, width="content",
        alt="Precision and recall of each code; the table below holds the same",
    )  # fmt: skip
    if unknown := quality_view.never_met(facet, names):
        st.text(f"Neither in the reference nor given by the coder, so nothing is known of: {', '.join(unknown)}.")
    report.table(
        f"codes-{facet.facet}", f"{names.facet(facet.facet)}: precision and recall of each code", facet.rows, spec,
        quality_view.code_table(rows), **dict.fromkeys(("Precision", "Recall", "F1"), st.column_config.NumberColumn(format="%.2f")),
    )  # fmt: skip


def _reliability(report: Report, facet: FacetQuality) -> None:
    st.subheader("Confidence", anchor=False)
    found = facet.calibration
    st.text(f"Expected against true, calibration error {quality_view.number(found.error)} over {found.codes:,} codes.")
    spec = quality_charts.reliability([each.model_dump() for each in found.bins])
    st.vega_lite_chart(
        spec=in_theme(spec), key=f"reliability-{facet.facet}", theme=None, width="content",
        alt="Reliability diagram; the table below holds the same",
    )  # fmt: skip
    title = f"{report.names.facet(facet.facet)}: what the coder expected, and what came true"
    report.table(f"confidence-{facet.facet}", title, facet.rows, spec, quality_view.reliability_table(facet))


def _confusion(paths: Paths, report: Report, facet: FacetQuality) -> None:
    names, inside = report.names, report.inside
    st.subheader("What is taken for what", anchor=False)
    if report.id == SHIPPED:
        st.text("The card of the trained coder does not keep which codes were taken for which. A measurement of your own tells that.")
        return
    cells, rows, columns = quality_view.confusion_cells(facet, names, report.least)
    if not any(not cell["hit"] for cell in cells):
        st.text("Coder and reference agree on every passage." if inside else f"Nothing is often taken for something else.{_FEW_OUTSIDE}")
        return
    told = (
        "Passages by their code in the reference and the coder's; grey cells agree."
        if facet.values == "one"
        else "Each code that the coder missed, against those that it gave wrongly to the same passage; grey cells agree."
    )
    st.text(told + (" Pick a cell to read its passages." if inside else _FEW_OUTSIDE))
    spec = quality_charts.confusion(cells, rows, columns)
    drawn = st.vega_lite_chart(
        spec=in_theme(spec), key=f"confusion-{report.id}-{facet.facet}", on_select="rerun", theme=None, width="content",
        alt="Codes in the reference against codes of the coder; the table below holds the same",
    )  # fmt: skip
    title = f"{names.facet(facet.facet)}: what is taken for what"
    report.table(f"confusion-{facet.facet}", title, facet.rows, spec, quality_view.confusion_table(cells))
    points = drawn.get("selection", {}).get("cell") or []
    if not points:
        return
    reference, predicted = str(points[0].get("reference", "")), str(points[0].get("predicted", ""))
    if not inside:
        st.text("The passages behind a figure are shown in the internal view alone.")
        return
    try:
        behind = quality_view.passages_behind(facet, reference, predicted, load_passages(paths, report.id), names)
    except SuasionError as error:
        st.text(str(error))
        return
    sides = [names.code(facet.facet, code) if code else quality_view.NO_CODE for code in (reference, predicted)]
    st.text(f"Reference: {sides[0]} · coder: {sides[1]} · {len(behind):,} {'passage' if len(behind) == 1 else 'passages'}")
    # Rows tall enough for four lines: what is longer opens on a double click.
    st.dataframe(behind, hide_index=True, row_height=92, column_config={"Passage": st.column_config.TextColumn(width="large")})


def _groups(report: Report) -> None:
    quality, names = report.quality, report.names
    st.space("medium")
    st.subheader("Languages, sources and regions")
    by = st.segmented_control(
        "Group by", list(quality_view.GROUPINGS), format_func=quality_view.GROUPINGS.__getitem__, default="language", key="quality-by",
        required=True,
    ) or "language"  # fmt: skip
    cells, groups, few = quality_view.group_cells(quality, by, names, report.least)
    if cells:
        st.text("Accuracy or micro-F1 where a group has at least 30 passages; blue is above the figure of all passages, brown below.")
        drawn = {cell["facet"] for cell in cells}
        facets = [name for facet in quality.facets if (name := names.facet(facet.facet)) in drawn]
        spec = quality_charts.group_grid(cells, facets, groups)
        st.vega_lite_chart(
            spec=in_theme(spec), key=f"groups-{by}", theme=None, width="content",
            alt="Figures of every facet by group; the table below holds the same",
        )  # fmt: skip
        report.table(f"by-{by}", "Figures of every facet by group", quality.passages, spec, quality_view.group_table(cells))
    if few:
        st.text(f"Too few passages to be judged: {', '.join(few)}.")


def _meanings() -> None:
    st.space("medium")
    with st.expander("What these figures mean"):
        st.write(
            "**Accuracy** is the share of passages that get the code of the reference. **Micro-F1** balances, over all codes of a facet, "
            "how many given codes are right (precision) with how many of the reference's are found (recall); **macro-F1** gives every code "
            "with at least five cases the same weight, so that rare codes count. **Alpha** (Krippendorff) is agreement beyond chance, with "
            "the MASI distance for sets: two sets that share codes agree in part. The **calibration error** says how far confidences are "
            "from what comes true. **Coverage** is the share of codes that the coder does not leave to a person. **Intervals** tell what "
            "another sample of such texts could have given; where passages come in families (one source and country), whole families are "
            "drawn. Facets other than relevance are measured on passages that the reference calls influence."
        )


quality_page()
