from __future__ import annotations

from typing import Any

import pytest

from explorer.library import Library
from explorer.quote_list import FAMILIES, citation, list_data
from store import Filters
from store.reader import Answer


@pytest.fixture
def quote(library: Library) -> dict[str, Any]:
    return library.quotes(Filters(surveys=("reports",), codes=(("actor", ("bank",)), ("origin", ("foreign",)))), 1)[0]


def card(quote: dict[str, Any], library: Library, filters: Filters | None = None) -> dict[str, Any]:
    found: dict[str, Any] = list_data([quote], {}, filters or Filters(), library)["quotes"][0]
    return found


def test_a_card_says_where_the_words_come_from(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote, library)
    assert (shown["id"], shown["country"], shown["facts"], shown["kind"]) == (quote["quote"], "Brazil", ["English", "2025"], "transcribed")
    assert shown["question"] == "What do companies do?"
    assert shown["source"] == "Country reports · Example Department · Public domain"
    assert shown["citable"]


def test_the_quote_is_shown_to_the_letter_with_its_codes_on_the_words(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote, library)
    assert "".join(piece["text"] for piece in shown["segments"]) == quote["text"]
    marked = shown["segments"][0]
    assert marked["text"] == "Foreign"
    on_it = {tuple(shown["codes"][mark]["id"]) for mark in marked["marks"]}
    assert ("actor", "bank") in on_it
    assert ("relevance", "influence") not in on_it
    assert not any(piece["marks"] for piece in shown["segments"][1:])


def test_each_code_says_how_sure_and_from_what(quote: dict[str, Any], library: Library) -> None:
    codes = {tuple(code["id"]): code for code in card(quote, library)["codes"]}
    assert codes["actor", "bank"]["confidence"] == 90
    assert codes["actor", "bank"]["evidence"] == "read from these words"
    assert not codes["actor", "bank"]["review"]
    assert codes["labour", "minimum_wage"]["review"]
    assert {code["family"] for code in codes.values()} <= set(FAMILIES)


def test_what_was_read_from_the_whole_passage_is_said_and_not_drawn(quote: dict[str, Any], library: Library) -> None:
    code = {"facet": "right", "code": "work", "confidence": 0.5, "review": False, "spans": [{"start": 0, "end": len(quote["text"])}]}
    shown = card(quote | {"codes": [code | {"evidence": "cue"}, code | {"evidence": "similarity"}]}, library)
    assert [piece["marks"] for piece in shown["segments"]] == [()]
    assert [code["evidence"] for code in shown["codes"]] == ["read from the whole passage", "close in meaning to the code"]


def test_codes_that_are_filtered_by_stand_out(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote, library, Filters(codes=(("actor", ("bank",)),)))
    assert [code["id"] for code in shown["codes"] if code["active"]] == [["actor", "bank"]]


def test_an_invented_text_is_not_to_be_cited(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote | {"text_kind": "invented"}, library)
    assert shown["kind"] == "invented – not to be cited"
    assert not shown["citable"]


def test_a_citation_says_the_kind_of_text_and_the_lasting_id(quote: dict[str, Any], library: Library) -> None:
    cited = citation(quote, library)
    assert cited.startswith("“Foreign banks lobbied against the labour law.” (Brazil; 2025; Country reports; ")
    assert "transcribed" in cited
    assert quote["quote"] in cited


def test_a_quote_of_no_known_place_or_wave(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote | {"country": None, "wave": None}, library)
    assert (shown["country"], shown["facts"]) == ("Country not known", ["English"])


def test_the_whole_answer_marks_this_passage_alone(quote: dict[str, Any], library: Library) -> None:
    shown = list_data([quote], {quote["quote"]: library.answer(quote["answer"])}, Filters(), library)["answers"][quote["quote"]]
    assert [piece["text"] for piece in shown["segments"] if piece["here"]] == [quote["text"]]
    assert "".join(piece["text"] for piece in shown["segments"]) == f"{quote['text']} A company opened clinics in the région."


def test_an_answer_that_is_gone_says_so(quote: dict[str, Any], library: Library) -> None:
    opened: dict[str, Answer | None] = {quote["quote"]: None}
    shown = list_data([quote], opened, Filters(), library)["answers"][quote["quote"]]
    assert shown == {"title": "This answer is no longer available.", "segments": []}
