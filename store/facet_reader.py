"""How many passages each value of each facet would show."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa

from store.facet_index import FacetIndex, Mask, Postings
from store.filters import TOPIC, Filters, conditions
from store.topic_reader import TopicReader

_COLUMNS = pa.schema([("facet", pa.string()), ("code", pa.string()), ("passages", pa.int64()), ("suppressed", pa.bool_())])


class FacetReader(TopicReader):
    """Counts facets, over an index in memory that is read from the snapshot when it is first asked for."""

    def facet_counts(self, filters: Filters) -> pa.Table:
        """Return how many passages each value would show: the other facets' selections hold, its own is lifted.

        Columns: facet, code, passages (null where suppressed), suppressed. A topic that speaks for too few people has no row.
        """
        lonely, index = set(self._lonely()), self._facets
        visible = self._mask(*self._where(filters, skip_selections=True))
        failed = {each.facet: ~self._mask(each.sql, dict(each.params)) for each in conditions(self._resolved(filters))}
        failures = sum((mask.astype(np.uint8) for mask in failed.values()), start=np.zeros(len(visible), np.uint8))
        shown = visible & (failures == 0)
        rows = []
        for facet, postings in index.facets.items():
            held = visible & (failures == failed[facet]) if facet in failed else shown
            found = self._of_topics(postings) if facet == TOPIC else postings
            guarded = index.guarded if self._guards else None
            units = index.units if self._guards and self._inside else None
            tallies = found.tallies(held, guarded, units, reviewed=not filters.suggestions)
            for code, tally in tallies.items():
                if facet != TOPIC or code not in lonely:
                    rows.append((facet, code, *self._judged(tally.rows, tally.guarded, tally.units)))
        rows.sort(key=lambda row: (row[0], row[2] is None, -(row[2] or 0), row[1]))
        return pa.Table.from_pylist([dict(zip(_COLUMNS.names, row, strict=True)) for row in rows], schema=_COLUMNS)

    @cached_property
    def _facets(self) -> FacetIndex:
        return FacetIndex.read(self._table, guards=self._guards and self._inside)

    def _of_topics(self, postings: Postings) -> Postings:
        """Return the members of topics, those of merged ones under what they went into."""
        merged = self._topic_decisions().targets(self._topics)
        return postings.renamed(merged, self._facets.units if self._guards and self._inside else None) if merged else postings

    def _mask(self, where: str, params: dict[str, object]) -> Mask:
        """Return of every row whether a condition on ``quotes q`` holds."""
        mask = np.zeros(len(self._facets.units), np.bool_)
        if where == "true":
            mask[:] = True
        else:
            mask[self._table(f'SELECT q."row" FROM quotes q WHERE {where}', params)["row"].to_numpy()] = True
        return mask
