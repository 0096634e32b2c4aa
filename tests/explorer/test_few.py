from __future__ import annotations

from explorer.few import FEW, left_out


def test_what_is_not_counted_is_said_with_its_reason() -> None:
    reason = "not counted: fewer than 5 respondents, some of them of a protected survey."
    assert FEW == "<5"
    assert left_out(0, "cell is", "cells are") == ""
    assert left_out(1, "cell is marked", "cells are marked") == f" 1 cell is marked: {reason}"
    assert left_out(1_200, "cell is marked", "cells are marked") == f" 1,200 cells are marked: {reason}"
