from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import query_encoder
from store import Decisions, Filters, Paths, Reader
from tests.explorer.conftest import act, part
from tests.meant import COAL, DROPPED, KOREAN_SUIT, PROCESSED, RIVER, SUED, Matters, Sentence, build_meant
from tests.synthetic import answer_id

pytestmark = pytest.mark.server
Opens = Callable[..., Any]


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_meant(tmp_path_factory.mktemp("meant") / "data")


@pytest.fixture
def matters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fake encoder is here, ready, and forgotten after."""
    monkeypatch.setattr(query_encoder, "registered", lambda: {"matters": None})
    monkeypatch.setattr(query_encoder, "encoder_version", lambda _: Matters.version)
    query_encoder.query_encoder.cache_clear()
    encoder = query_encoder.QueryEncoder(Matters.version, lambda _: Matters())
    monkeypatch.setattr("explorer.search_shelf.query_encoder", lambda _: encoder)
    encoder.start()
    while encoder.state == "loading":
        time.sleep(0.01)
    yield
    query_encoder.query_encoder.cache_clear()


def cards(app: Any) -> list[dict[str, Any]]:
    return list(part(app, "quotes")["quotes"])


def texts(app: Any) -> list[str]:
    return ["".join(piece["text"] for piece in card["segments"]) for card in cards(app)]


def link(app: Any) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def quote(paths: Paths, sentence: Sentence, country: str = "BRA") -> str:
    reader = Reader.open(paths)
    try:
        return next(row["quote"] for row in reader.quotes(Filters(countries=(country,))).to_pylist() if row["text"] == sentence.text)
    finally:
        reader.close()


@pytest.mark.usefixtures("matters")
def test_a_search_by_both_ranks_and_leaves_the_filters(meant: Paths, open_app: Opens) -> None:
    app = open_app(meant, "quotes", relevance=["influence"])
    before = part(app, "banner")["tally"]
    assert app.segmented_control(key="how").value == "both"
    app.text_input(key="search").set_value("lawsuit").run()
    assert link(app) == {"relevance": "influence", "ask": "lawsuit"}
    assert texts(app)[0] == DROPPED.text
    assert {PROCESSED.text, KOREAN_SUIT.text} & set(texts(app))
    assert part(app, "banner")["tally"] == before
    assert cards(app)[0]["why"].startswith("Some of your words")
    marked = [piece["text"] for piece in cards(app)[0]["segments"] if piece["found"]]
    assert marked == ["lawsuit"]
    app.segmented_control(key="how").set_value("words").run()
    assert link(app) == {"relevance": "influence", "q": "lawsuit"}
    assert texts(app) == [DROPPED.text]
    assert not app.exception


@pytest.mark.usefixtures("matters")
def test_a_link_reopens_a_search_and_its_order(meant: Paths, open_app: Opens) -> None:
    app = open_app(meant, "quotes", ask=["courts, rivers"], how=["meaning"], sort=["date"], survey=["reports"])
    assert (app.text_input(key="search").value, app.segmented_control(key="how").value) == ("courts, rivers", "meaning")
    waves = [card["facts"][-1] for card in cards(app)]
    assert waves == sorted(waves, reverse=True)
    app.selectbox(key="sort").set_value("fit").run()
    assert set(texts(app)) >= {RIVER.text}
    assert "sort" not in link(app)


@pytest.mark.usefixtures("matters")
@pytest.mark.parametrize("asked", ['"', "[x](y) **b**", "\N{SLIGHTLY SMILING FACE}", "AND NOT NEAR(*", "the", "x" * 10_000])
def test_any_search_has_a_page(meant: Paths, open_app: Opens, asked: str) -> None:
    for how in ("both", "meaning", "words"):
        app = open_app(meant, "quotes", ask=[asked], how=[how])
        assert not app.exception
        assert part(app, "banner")["kicker"] == "Quotes"


def test_without_its_encoder_words_are_searched(meant: Paths, open_app: Opens) -> None:
    app = open_app(meant, "quotes", ask=["coal"], how=["meaning"])
    assert texts(app) == [COAL.text]
    assert any("Search by meaning is off" in text.value for text in app.text)
    assert not app.get("button_group"), "there is nothing to choose"


def test_the_page_of_a_quote_has_what_stands_around_it(meant: Paths, open_app: Opens) -> None:
    id = quote(meant, SUED)
    app = open_app(meant, "quote")
    app.query_params["quote"] = id
    app.run()
    assert link(app) == {"quote": id}
    assert part(app, "banner")["headline"].startswith("Brazil")
    (card,) = cards(app)
    assert card["id"] == id
    facts = dict(part(app, "topics")["facts"])
    assert facts["Behind it"] == "One of 3 passages from 2 texts on Brazil in Country reports."
    shown = [json for json in all_parts(app, "quotes") if json["quotes"][0].get("brief")]
    against = shown[-1]["quotes"][0]
    assert "".join(piece["text"] for piece in against["segments"]) == DROPPED.text
    assert against["why"] == "Same country, actor and right, effect: improves"
    assert shown[0]["linked"] is True


def test_a_code_on_the_page_of_a_quote_leads_to_quotes_with_it(meant: Paths, open_app: Opens) -> None:
    app = open_app(meant, "quote")
    app.query_params["quote"] = quote(meant, SUED)
    app.run()
    act(app, "quotes", "narrow", {"facet": "effect", "code": "harms"})
    assert not app.exception


@pytest.mark.parametrize("asked", ["", "x" * 500, "<script>", "*", "0123456789abcdef0123"])
def test_a_quote_that_is_not_there_has_a_clear_page(meant: Paths, open_app: Opens, asked: str) -> None:
    app = open_app(meant, "quote")
    app.query_params["quote"] = asked
    app.run()
    (title,) = [title.value for title in app.title]
    assert title == ("This quote is not here" if asked else "No quote is named")
    assert not app.exception


def test_a_quote_withdrawn_since_says_so(tmp_path: Path, open_app: Opens) -> None:
    paths = build_meant(tmp_path / "data")
    id = quote(paths, COAL, "IND")
    Decisions(paths).record("withdrawal", answer_id("reports", "5"), "withdrawn", "tests")
    app = open_app(paths, "quote")
    app.query_params["quote"] = id
    app.run()
    assert [title.value for title in app.title] == ["This quote is not here"]
    assert COAL.text not in str(app.main)


def all_parts(app: Any, name: str) -> list[dict[str, Any]]:
    import json

    protos = [element.proto for element in app.get("bidi_component") if element.proto.component_name == f"suasion_{name}"]
    return [json.loads(proto.mixed.json if proto.WhichOneof("data") == "mixed" else proto.json) for proto in protos]
