"""What waits for a stage, listed once and then handed out part by part: to look for it again at every part costs with the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from store.ledger import Ledger

#: The line of a queue's query that narrows it down to the survey: to it is added which items are looked at.
_OF_SURVEY = "WHERE a.survey = $survey"


@dataclass(frozen=True)
class QueueQuery:
    """What waits for a stage, in the order of ``item``, which names the column of ``source`` that holds it.

    Attributes:
        waiting: the query; one ``WHERE`` of it narrows it down to the survey.
        everything: counts all items of a survey that the stage is there for.
    """

    waiting: str
    everything: str
    item: str
    source: str

    def among(self, first: int, last: int) -> str:
        """Return the query for those alone that stand at the places [first, last) of the list."""
        places = f"SELECT item FROM temp.handed_out WHERE place >= {first} AND place < {last}"
        return self.waiting.replace(_OF_SURVEY, f"{_OF_SURVEY} AND {self.source}.{self.item} IN ({places})")


@dataclass
class _List:
    query: QueueQuery
    values: Mapping[str, str]
    size: int
    reached: int = 0


class HandingOut(Ledger):
    """Hands out what waits. What was listed and is done by now is passed over; what came later is found when the list is at its end."""

    _list: _List | None = None

    def _hand_out(self, query: QueueQuery, limit: int, values: Mapping[str, str]) -> pa.Table:
        """Return the first ``limit`` items that wait, or fewer where the rest of them is further down the list; none if none waits."""
        listed = self._list
        if listed is None or listed.query != query or listed.values != values:
            listed = self._listed(query, values)
        for last_look in (False, True):
            while listed.reached < listed.size:
                # One part may be done whole: with the one behind it, something is found in it at once.
                end = listed.reached + 2 * limit
                found = self._read(f"{query.among(listed.reached, end)} LIMIT {limit}", values)
                if found.num_rows:
                    first = {"item": found[query.item][0].as_py()}
                    listed.reached = self._number("SELECT place FROM temp.handed_out WHERE item = $item", first)
                    return found
                listed.reached = end
            if not last_look:
                listed = self._listed(query, values)
        return self._read(query.among(0, 0), values)

    def _listed(self, query: QueueQuery, values: Mapping[str, str]) -> _List:
        items = f"SELECT {query.item} AS item FROM ({query.waiting})"
        listing = f"SELECT item, row_number() OVER (ORDER BY item) - 1 AS place FROM ({items}) ORDER BY place"
        self._execute(f"CREATE OR REPLACE TEMP TABLE handed_out AS {listing}", values)
        self._list = _List(query, dict(values), self._number("SELECT count(*) FROM temp.handed_out"))
        return self._list

    def _execute(self, statement: str, values: Mapping[str, Any]) -> None:
        with self._transaction():
            self._con.execute(statement, dict(values))
