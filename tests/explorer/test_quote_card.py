from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from explorer import quote_card
from explorer.library import Library
from store import Filters
from store.release import Ruling, Standing
from tests.meant import SECRET, SUED, quote


@pytest.fixture
def library(meant_library: Library) -> Library:
    return meant_library


def stands(**more: Any) -> Standing:
    ruling = {"outcome": "released", "text_hash": "x", "audience": "public", "form": "as_is", "first": "Ann"} | more
    return Standing(Ruling(**ruling), "Bo", "2026-11-22T10:00:00", 3)


def test_every_way_to_cite_is_one_click_and_names_the_kind(library: Library) -> None:
    ways = dict(quote_card.citations(quote(library, SUED.text), library))
    assert list(ways) == ["Plain text", "APA", "CSL-JSON"]
    assert "transcribed" in ways["Plain text"]
    (item,) = json.loads(ways["CSL-JSON"])
    assert item["abstract"] == SUED.text
    assert quote_card.citations(quote(library, SUED.text) | {"text_kind": "invented"}, library) == []


@pytest.mark.parametrize("kind", ["verbatim", "transcribed", "paraphrase", "translation", "invented"])
def test_every_kind_of_text_has_its_caveat(library: Library, kind: str) -> None:
    said = quote_card.caveat(quote(library, SUED.text) | {"text_kind": kind})
    assert said.startswith(quote_card.CAVEATS[kind])
    assert said.endswith("before you rest a claim on them.")


def test_who_released_it_is_told_inside_alone(library: Library) -> None:
    secret = quote(library, SECRET.text)
    assert quote_card.released(quote(library, SUED.text), None, "public") == "Published by its source; it needs no release."
    assert "must not leave" in quote_card.released(secret, None, "internal")
    assert "must not leave" in quote_card.released(secret, stands(outcome="refused"), "internal")
    assert quote_card.released(secret, stands(), "internal") == "Released for the public by Ann, confirmed by Bo on 2026-11-22."
    assert "second person" in quote_card.released(secret, stands(first=""), "internal")
    assert quote_card.released(secret, stands(audience="partner", first=""), "internal") == "Released for partners by Bo on 2026-11-22."
    for view in ("partner", "public"):
        assert quote_card.released(secret, stands(), view) == "Released on 2026-11-22."


def test_a_translation_that_somebody_gave_is_told(library: Library) -> None:
    told = dict(quote_card.facts(quote(library, SECRET.text), library, stands(form="translation", text="They sued.", language="en")))
    assert told["Translation"] == "They sued."
    assert "Translation" not in dict(quote_card.facts(quote(library, SECRET.text), library, stands()))


def test_what_stands_against_it_says_why(library: Library) -> None:
    sued = next(row for row in library.quotes(Filters(countries=("BRA",)), 50) if row["text"] == SUED.text)
    against = quote_card.against(library.search.opposite(sued["quote"]), library)
    first = against["quotes"][0]
    assert first["brief"] is True
    assert first["why"].startswith("Same country, actor and right, effect: ")
    near = quote_card.beside(library.search.similar(sued["quote"]), library)["quotes"]
    assert near
    assert all(card["brief"] and card["why"] is None for card in near)


def test_the_card_of_a_quote_alone(library: Library) -> None:
    sued = quote(library, SUED.text)
    (card,) = quote_card.card_data(sued, {}, Filters(), library)["quotes"]
    assert card["alone"] is True
    assert [name for name, _ in card["cites"]] == ["Plain text", "APA", "CSL-JSON"]


def test_a_quote_that_is_not_there(library: Library, tmp_path: Path) -> None:
    for unknown in ("", "x", "'; DROP TABLE quotes; --"):
        assert library.search.quote(unknown) is None
