"""Pages with and without a total; what is drawn is tested in a browser and with the pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.paging import Place, place
from store.reader import Counts


def visit(page: int, quotes: int) -> Any:
    """A view of ``quotes`` quotes, on a page."""
    library = SimpleNamespace(quotes=lambda filters, limit, offset: list(range(quotes))[offset : offset + limit])
    return SimpleNamespace(view=SimpleNamespace(page=page), filters=None, library=library)


@pytest.mark.parametrize(
    ("page", "quotes", "found"),
    [(1, 41, Place(1, 3, True)), (3, 41, Place(3, 3, False)), (99, 41, Place(3, 3, False)), (1, 0, Place(1, 1, False))],
)
def test_where_all_is_counted_there_is_a_last_page(page: int, quotes: int, found: Place) -> None:
    assert place(visit(page, quotes), Counts(quotes, quotes, quotes), 20) == found


@pytest.mark.parametrize("counts", [Counts(None, None, None), Counts(3, 3, 3, uncounted=True)])
@pytest.mark.parametrize(
    ("page", "quotes", "found"),
    [
        (1, 20, Place(1, None, False)), (1, 21, Place(1, None, True)), (2, 21, Place(2, None, False)), (9, 21, Place(1, None, True)),
    ],
)  # fmt: skip
def test_where_it_is_not_counted_one_more_is_asked_for(counts: Counts, page: int, quotes: int, found: Place) -> None:
    assert place(visit(page, quotes), counts, 20) == found
