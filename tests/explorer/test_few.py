from __future__ import annotations

from explorer.few import withheld


def test_what_is_not_counted_is_said_with_its_reason() -> None:
    inside = withheld("internal")
    reason = "fewer than 5 respondents, some of them of a protected survey."
    assert inside.mark == "<5"
    assert inside.left_out(0, "cell is", "cells are") == ""
    assert inside.left_out(1, "cell is marked", "cells are marked") == f" 1 cell is marked: {reason}"
    assert inside.left_out(1_200, "cell is marked", "cells are marked") == f" 1,200 cells are marked: {reason}"


def test_outside_it_is_said_where_the_figures_are() -> None:
    for view in ("partner", "public"):
        assert withheld(view).mark == "–"
        assert withheld(view).why.endswith("released quotes of protected surveys. Their figures are on the page Numbers.")
