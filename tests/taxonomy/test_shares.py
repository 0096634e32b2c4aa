from __future__ import annotations

import pytest

from taxonomy.shares import percent


@pytest.mark.parametrize(
    ("share", "printed"),
    [(None, ""), (0.0, "0 %"), (0.001, "< 1 %"), (0.005, "< 1 %"), (0.26, "26 %"), (0.9951, "> 99 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float | None, printed: str) -> None:
    assert percent(share) == printed
