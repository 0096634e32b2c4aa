"""What HRMI measured in a country, drawn beside what texts say of it: context, and no proof of who brought it about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.charts import CONFIG, HAIR, INK, MUTED, Spec
from explorer.influence_charts import PAD
from explorer.influence_shapes import Share
from explorer.names import Names
from store.context import CountryContext
from store.intervals import wilson

SOURCE = "Human Rights Measurement Initiative (HRMI), humanrightsmeasurement.org, CC BY 4.0"
#: Said wherever these figures stand.
CAVEAT = (
    "Context, not proof: HRMI measures how a right fares in a country, whoever brought that about. Nothing here is caused by, or "
    "evidence for, what the texts above say."
)
_NOBODY = "0"
_SCORE = "#55606b"
_ROW = 26

Row = dict[str, Any]


def civil_rows(context: CountryContext, names: Names) -> list[Row]:
    """Return the civil and political rights, the worst first, each with its score of 10 and the band around it."""
    return [
        {
            "right": names.code("right", score.right), "score": score.mean, "low": score.low, "high": min(score.high, 10.0),
            "said": f"{score.mean:.1f}", "band": f"{score.low:.1f} – {min(score.high, 10.0):.1f}", "year": str(score.year),
        }
        for score in sorted(context.civil, key=lambda score: (score.mean, score.right))
    ]  # fmt: skip


def social_rows(context: CountryContext, names: Names) -> list[Row]:
    """Return the economic and social rights, the worst first, each with the percentage reached of what is feasible."""
    return [
        {
            "right": names.code("right", score.right), "score": score.score, "said": f"{score.score:.0f} %",
            "standard": score.standard, "year": str(score.year),
        }
        for score in sorted(context.social, key=lambda score: (score.score, score.right))
    ]  # fmt: skip


def rights_with_people(context: CountryContext) -> list[str]:
    """Return the rights for which HRMI's experts named people at risk, in the order of the table."""
    return list(dict.fromkeys(group.right for group in context.at_risk))


def at_risk(context: CountryContext, right: str, names: Names, most: int = 10) -> list[Share]:
    """Return the groups that most experts named for a right, as shares of experts with their intervals."""
    named = sorted((group for group in context.at_risk if group.right == right and group.people != _NOBODY),
                   key=lambda group: (-group.named, group.people))  # fmt: skip
    return [
        Share("", "", group.people, names.code("people_at_risk", group.people), None, group.named, group.experts,
               group.named / group.experts, *wilson(group.named, group.experts))
        for group in named[:most]
    ]  # fmt: skip


def scores(rows: Sequence[Row], highest: float, unit: str) -> Spec:
    """Return scores as points on a scale from 0 to ``highest``, each with its band where it has one (``low``, ``high``)."""
    rights = [row["right"] for row in rows]
    banded = all("low" in row for row in rows)
    x = {"type": "quantitative", "scale": {"domain": [0, highest], "nice": False}}
    axis = {"title": unit, "titleColor": MUTED, "titleFontWeight": "normal", "titleFontSize": 12, "tickCount": 5, "grid": True,
            "gridColor": HAIR, "gridOpacity": 0.7, "labelColor": MUTED}  # fmt: skip
    y = {"field": "right", "type": "nominal", "sort": rights, "scale": {"domain": rights},
         "axis": {"title": None, "labelLimit": 220, "labelPadding": 8}}  # fmt: skip
    tooltip = [{"field": "right", "title": "Right"}, {"field": "said", "title": "Score"},
               *([{"field": "band", "title": "80 % band"}] if banded else [{"field": "standard", "title": "Standard"}]),
               {"field": "year", "title": "Year"}]  # fmt: skip
    band: Spec = {
        "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.3, "color": _SCORE},
        "encoding": {"y": y, "x": {**x, "field": "low", "axis": axis}, "x2": {"field": "high"}},
    }
    return {
        "config": CONFIG,
        "autosize": PAD,
        "width": 215,
        "height": {"step": _ROW},
        "data": {"values": list(rows)},
        "layer": [
            *([band] if banded else []),
            {
                "mark": {"type": "point", "filled": True, "shape": "diamond", "size": 75, "opacity": 1, "color": _SCORE},
                "encoding": {"y": y, "x": {**x, "field": "score", "axis": axis}, "tooltip": tooltip},
            },
            {
                "mark": {"type": "text", "align": "center", "dy": -11, "fontSize": 11, "color": INK},
                "encoding": {"y": y, "x": {**x, "field": "score"}, "text": {"field": "said"}},
            },
        ],
    }
