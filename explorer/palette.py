"""The colours of charts, which are drawn for paper, on a dark ground."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pyarrow as pa
import streamlit as st

from explorer.chart_tables import with_tables

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
#: Lightness of a colour and of its counterpart add up to this, so that paper (0.99) comes to lie on the dark ground (0.22).
_MIRROR = 1.21


def is_dark() -> bool:
    """Say whether the page is dark, as the browser told when it last asked for the page."""
    return st.context.theme.type == "dark"


def in_theme(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a Vega-Lite specification to be drawn: in the colours of the page, with long data as tables."""
    light = with_tables(spec)
    return _on_dark(light) if is_dark() else light


@lru_cache(maxsize=256)
def on_dark(colour: str) -> str:
    """Return the colour ("#rrggbb") of the same hue that stands out from a dark ground as this one does from paper.

    Its lightness is mirrored in OKLab (Ottosson 2020), in which equal steps look equal; chroma gives way where a screen has no such
    colour. So scales of shades turn round too, and what is written on a dark shade in white is written on a bright one in black.
    """
    lightness, a, b = _oklab(colour)
    mirrored = min(1.0, max(0.0, _MIRROR - lightness))
    for chroma in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1):
        found = _linear(mirrored, chroma * a, chroma * b)
        if all(-1e-3 <= part <= 1 + 1e-3 for part in found):
            return _hex(found)
    return _hex(_linear(mirrored, 0.0, 0.0))


def _on_dark(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _in_code(value) if name == "expr" else _on_dark(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_on_dark(each) for each in part]
    if isinstance(part, pa.Table):
        return _table_on_dark(part)
    return on_dark(part) if isinstance(part, str) and _COLOUR.fullmatch(part) else part


def _table_on_dark(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            coded = table[place].combine_chunks().dictionary_encode()
            turned = pa.array(_on_dark(coded.dictionary.to_pylist()), pa.string())
            table = table.set_column(place, field.name, pa.DictionaryArray.from_arrays(coded.indices, turned).cast(pa.string()))
    return table


def _in_code(expression: Any) -> Any:
    return _COLOUR.sub(lambda found: on_dark(found.group()), expression) if isinstance(expression, str) else expression


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_to_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _hex(linear: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * _to_screen(min(1.0, max(0.0, part)))):02x}" for part in linear)


def _to_linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _to_screen(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
