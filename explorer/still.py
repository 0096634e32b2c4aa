"""Charts as still pictures to take away: on white, with a title and what there is to know about them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from explorer.charts import CONFIG, INK, MUTED, PRINT_FONT

Spec = dict[str, Any]

#: Where a chart is as wide as its page, px; lines of the subtitle are broken to fit.
_WIDTH = 760
_LINE = 120
_DOTS = 300


def still(spec: Spec, title: str, lines: Sequence[str]) -> Spec:
    """Return a chart's specification as a picture for print: nothing in it can be picked, and its title says what it shows."""
    kept = {name: value for name, value in spec.items() if name not in ("params", "autosize")}
    if kept.get("width") == "container":
        kept["width"] = _WIDTH
    return {
        **kept,
        "background": "#ffffff",
        "padding": 18,
        "title": {
            "text": textwrap.wrap(title, 90),
            "subtitle": [part for line in lines for part in textwrap.wrap(line, _LINE)],
            "anchor": "start", "frame": "group", "offset": 14, "fontSize": 19, "color": INK, "subtitleColor": MUTED,
            "subtitleFontSize": 11.5, "subtitleLineHeight": 16, "subtitlePadding": 6,
        },
        "config": {**CONFIG, **spec.get("config", {}), "background": "#ffffff", "font": PRINT_FONT, "aria": False},
    }  # fmt: skip


def to_png(spec: Spec, scale: float = 1.0) -> bytes:
    """Return a picture at 300 dots per inch, in which ``scale`` px are a point of print. Nothing is asked of the network."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(spec, scale=scale, ppi=_DOTS, allowed_base_urls=[]))


def to_svg(spec: Spec) -> bytes:
    """Return a picture that can be enlarged at will. Nothing is asked of the network."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode()
