"""What a researcher comes for: from a run to its passages, from a code to its quotes, and from a number back to both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.explorer.browsing import WAIT, Screen, window
from tests.explorer.recorded import SECRET, build_recorded
from tests.explorer.serving import serving
from tests.synthetic import CODER

pytestmark = pytest.mark.browser


@pytest.fixture
def screen(chromium: Any, tmp_path: Path) -> Iterator[Screen]:
    with serving(build_recorded(tmp_path / "data"), unsaid=(SECRET,)) as address, window(chromium, address) as screen:
        yield screen


def test_a_researcher_defends_a_number(screen: Screen) -> None:
    page = screen.page
    screen.open("/runs")
    screen.headline("What the runs did")
    page.get_by_text("The country is not known").first.wait_for(timeout=WAIT, state="attached")
    assert SECRET not in page.content()

    # What a run did, taken away as a file.
    page.locator("button.row", has_text="done").click()
    page.get_by_text("Read the 3 passages that came with it").wait_for(timeout=WAIT)
    page.get_by_text("The same as a table, and to take away").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV", exact=False).first.click()
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig"))))
    assert [(row["Stage"], row["Came"], row["Made"]) for row in rows] == [
        ("Read", "2 rows", "2 answers, new or changed"),
        ("Code", "3 passages", "20 codes"),
    ]

    # The passages that came with it, and the way back from there.
    page.get_by_text("Read the 3 passages that came with it").click()
    page.get_by_label("Remove Run").first.wait_for(timeout=WAIT)
    page.get_by_text("Where this comes from").click()
    told = page.locator('[data-testid="stCode"]', has_text="Answers came with run")
    told.wait_for(timeout=WAIT)
    assert f"Coder: {CODER}" in told.inner_text()
    assert "Passages: 3" in told.inner_text()
    # The expander is drawn anew while it opens; a click on what is just then replaced goes nowhere.
    page.wait_for_timeout(1_000)
    page.get_by_role("link", name="The run").click()
    screen.headline("What the runs did")

    # What a code means, and a quote that shows it.
    screen.open("/codebook?code=actor:bank")
    screen.headline("Bank or insurer")
    page.get_by_text("Foreign").first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Read its quotes").click()
    screen.headline("Bank or insurer")
    page.get_by_label("Remove Actor").first.wait_for(timeout=WAIT)
