from __future__ import annotations

from typing import Any

import altair as alt
import pytest

from explorer import quality_charts as charts
from explorer import quality_view as view
from explorer.names import Names
from tests.explorer.measured import quality


def specs(names: Names) -> dict[str, dict[str, Any]]:
    found = quality()
    mode = found.facet("mode")
    cells, groups, _ = view.group_cells(found, "language", names)
    return {
        "facets": charts.facet_rows(view.facet_rows(found, names), "mode"),
        "codes": charts.code_rows(view.code_rows(mode, names)),
        "reliability": charts.reliability([each.model_dump() for each in mode.calibration.bins]),
        "confusion": charts.confusion(*view.confusion_cells(mode, names)),
        "groups": charts.group_grid(cells, [names.facet("mode")], groups),
    }


@pytest.mark.parametrize("picture", ["facets", "codes", "reliability", "confusion", "groups"])
def test_every_picture_is_valid_vega_lite_and_fetches_nothing(picture: str, names: Names) -> None:
    spec = specs(names)[picture]
    alt.LayerChart.from_dict(spec)
    assert "url" not in str(spec)


def test_rows_and_cells_can_be_picked(names: Names) -> None:
    found = specs(names)
    picks = [layer["params"][0] for name in ("facets", "confusion") for layer in found[name]["layer"] if "params" in layer]
    assert [(pick["name"], pick["select"]["fields"]) for pick in picks] == [("facet", ["facet"]), ("cell", ["reference", "predicted"])]


def test_the_chosen_facet_is_marked(names: Names) -> None:
    rows = specs(names)["facets"]["layer"][0]
    assert rows["encoding"]["opacity"]["condition"]["test"] == {"field": "facet", "equal": "mode"}


def test_without_errors_or_bins_there_still_is_a_picture() -> None:
    alt.LayerChart.from_dict(charts.confusion([], [], []))
    alt.LayerChart.from_dict(charts.reliability([]))
