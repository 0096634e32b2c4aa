"""The data of charts on its way to the browser: many rows travel as Arrow tables, which nobody reads on the way.

Streamlit writes a specification as JSON and reads it twice again whenever a page is drawn; with thousands of points inside that costs more
than all else. A named dataset it hands on as it is, and where nothing but such data has changed the browser keeps the drawn chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

Spec = dict[str, Any]

#: Fewer rows of a layer are no burden.
_FEWEST = 200


def with_tables(spec: Spec) -> Spec:
    """Return a Vega-Lite specification in which the data of the whole is a table, and so, under ``datasets``, are long data of layers.

    Layers that share a list share its table. What ``table_of`` makes no table of stays where it is.
    """
    made: dict[int, tuple[str, pa.Table]] = {}
    layers = []
    for layer in spec.get("layer", ()):
        values = layer.get("data", {}).get("values")
        if id(values) not in made and _is_long(values) and (table := table_of(values)) is not None:
            made[id(values)] = f"rows-{len(made)}", table
        layers.append({**layer, "data": {"name": made[id(values)][0]}} if id(values) in made else layer)
    values = spec.get("data", {}).get("values")
    whole = table_of(values) if isinstance(values, list) else None
    return {
        **spec,
        **({"data": {"values": whole}} if whole is not None else {}),
        **({"layer": layers, "datasets": dict(made.values())} if made else {}),
    }


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table | None:
    """Return rows as a table; None where there are none, where they differ in their fields, hold lists, or kinds that do not mix."""
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        return None
    try:
        table = pa.Table.from_pylist(rows)
    except pa.ArrowException:
        return None
    return None if any(pa.types.is_nested(field.type) or pa.types.is_null(field.type) for field in table.schema) else table


def _is_long(values: object) -> bool:
    return isinstance(values, list) and len(values) >= _FEWEST
