"""The page Numbers, as those see it who have no right to more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import Paths, Writer
from store.release import Quoted, Wish, release
from tests.crowd import crowd
from tests.explorer.conftest import part
from tests.synthetic import EXPERTS, FEW, REPORTS, VERSIONS, process

pytestmark = pytest.mark.disk


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    paths = Paths(tmp_path_factory.mktemp("numbers") / "data")
    with Writer(paths, "tests") as writer:
        run = writer.begin_run(["experts", "reports"], VERSIONS)
        process(writer, EXPERTS, crowd(), run)
        process(writer, REPORTS, FEW, run)
        for row in writer._rows(
            "SELECT passage, p.answer, p.text, p.language FROM passages p JOIN answers USING (answer) WHERE country = 'PER'"
        ):
            release(writer.decisions, Quoted(*row), Wish("partner", "as_is"), "Ada", seen=0, names=lambda text, language: ())
        writer.publish("partner", run)
        writer.publish("public", run)
    return paths


def test_a_table_is_chosen_and_rolled_up(crowded: Paths, open_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUASION_ROLE", "author")
    app = open_app(crowded, "numbers")
    banner = part(app, "banner")
    assert (banner["headline"], banner["tally"]) == ("Expert survey", "81 respondents")
    table = app.dataframe[0].value
    assert dict(zip(table["Country"], table["Respondents"], strict=True)) == {"Brazil": "32", "South Korea": "26", "Peru": "23"}
    chosen = next(box for box in app.selectbox if box.label == "Respondents by")
    names = {label: at for at, label in enumerate(chosen.options)}
    chosen.select_index(names["Country, actor and effect"]).run()
    assert not app.exception
    peru = app.dataframe[0].value.set_index("Country").loc["Peru"]
    assert peru["Bank or insurer"] == "–"
    assert "withheld" in " ".join(text.value for text in app.text)
    for toggle in list(app.toggle):
        toggle.set_value(True)
    app.run()
    assert not app.exception
    assert list(app.dataframe[0].value.columns)[:2] == ["Region", "All"]


def test_the_public_sees_round_numbers(crowded: Paths, open_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUASION_ROLE", "public-reader")
    app = open_app(crowded, "numbers")
    assert part(app, "banner")["tally"] == "80 respondents, to the nearest 5"
    assert set(app.dataframe[0].value["Respondents"]) == {"30", "25"}


def test_beside_public_figures_stand_those_that_are_declared(
    crowded: Paths, open_app: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUASION_ROLE", "strategist")
    app = open_app(crowded, "country", country=["BRA", "PER"])
    assert "Respondents of Expert survey" in [each.value for each in app.subheader]
    (declared,) = (frame.value for frame in app.dataframe if list(frame.value.columns) == ["Effect", "Brazil", "Peru"])
    assert list(declared.iloc[0]) == ["All", "32", "23"]
    assert "–" in set(declared["Peru"])
    app.query_params.clear()  # as the menu does
    app.switch_page("screens/home.py").run()
    assert "81 respondents" in dict(part(app, "topics")["facts"])["Expert survey"]


def test_without_a_protected_survey_it_says_so(shelf: Paths, open_app: Callable[..., Any]) -> None:
    app = open_app(shelf, "numbers")
    assert not app.exception
    assert app.title or part(app, "banner")["headline"] == "Expert survey"
