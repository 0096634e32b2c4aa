from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from explorer.citation import cited, plain
from explorer.library import Library
from explorer.quote_list import FAMILIES, list_data
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
    assert codes["actor", "bank"]["review"] is None
    assert codes["labour", "minimum_wage"]["review"].startswith("For review: not sure enough to count.")
    assert {code["family"] for code in codes.values()} <= set(FAMILIES)


def test_what_was_read_from_the_whole_passage_is_said_and_not_drawn(quote: dict[str, Any], library: Library) -> None:
    code = {"facet": "right", "code": "work", "confidence": 0.5, "review": False, "spans": [{"start": 0, "end": len(quote["text"])}]}
    shown = card(quote | {"codes": [code | {"evidence": kind} for kind in ("cue", "model", "similarity")], "claims": []}, library)
    assert [piece["marks"] for piece in shown["segments"]] == [[]]
    assert [code["evidence"] for code in shown["codes"]] == [
        "read from the whole passage",
        "judged by the trained model alone, from the whole passage",
        "close in meaning to the code",
    ]


def test_what_the_model_judged_alone_says_so(quote: dict[str, Any], library: Library) -> None:
    code = quote["codes"][0] | {"evidence": "model", "spans": [{"start": 0, "end": 7}]}
    assert card(quote | {"codes": [code]}, library)["codes"][0]["evidence"] == "judged by the trained model alone; these words weighed most"


def test_a_passage_that_the_coder_was_trained_on_says_so(quote: dict[str, Any], library: Library) -> None:
    assert card(quote, library)["lesson"] is None
    lesson = "The coder was trained on this passage; it counts in no quality figure."
    assert card(quote | {"learned_from": True}, library)["lesson"] == lesson


def test_a_claim_is_a_line_with_its_words_at_hand(quote: dict[str, Any], library: Library) -> None:
    names = library.names
    shown = card(quote, library)
    (claim,) = shown["claims"]
    assert claim["links"] == [names.code("actor", "bank"), names.code("mechanism", "lobbying"), names.code("right", "work")]
    assert claim["result"] == f"{names.code('direction', 'not_stated').lower()}, {names.code('effect', 'harms').lower()}"
    assert claim["review"] is None
    assert [piece["text"] for piece in shown["segments"] if 0 in piece["claims"]] == ["Foreign"]


def test_a_claim_says_what_of_it_is_in_doubt(quote: dict[str, Any], library: Library) -> None:
    doubted = [code | {"review": code["facet"] == "effect"} for code in quote["codes"]]
    claim = quote["claims"][0] | {"review": True, "mechanism": None, "spans": [{"start": 0, "end": len(quote["text"])}]}
    shown = card(quote | {"codes": doubted, "claims": [claim]}, library)
    (said,) = shown["claims"]
    assert said["links"][1] is None
    assert said["result"].endswith("\N{NO-BREAK SPACE}?")
    assert said["review"].startswith("For review")
    assert said["evidence"] == "Read from the whole passage."
    assert not any(piece["claims"] for piece in shown["segments"])


def test_where_influence_itself_is_in_doubt_its_codes_say_so(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote | {"codes": [code | {"review": True} for code in quote["codes"]]}, library)
    reasons = {code["id"][0]: code["review"] for code in shown["codes"]}
    assert "tells of an influence at all" in reasons["actor"]
    assert reasons["relevance"] == reasons["right"] == "For review: not sure enough to count. A person decides."


def test_a_suggestion_stands_out_only_where_it_counts(quote: dict[str, Any], library: Library) -> None:
    filters = Filters(codes=(("labour", ("minimum_wage",)),))
    for suggestions, active in ((False, []), (True, [["labour", "minimum_wage"]])):
        shown = card(quote, library, replace(filters, suggestions=suggestions))
        assert [code["id"] for code in shown["codes"] if code["active"]] == active


def test_codes_that_are_filtered_by_stand_out(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote, library, Filters(codes=(("actor", ("bank",)),)))
    assert [code["id"] for code in shown["codes"] if code["active"]] == [["actor", "bank"]]


def test_an_invented_text_is_not_to_be_cited(quote: dict[str, Any], library: Library) -> None:
    shown = card(quote | {"text_kind": "invented"}, library)
    assert shown["kind"] == "invented – not to be cited"
    assert not shown["citable"]


def test_a_citation_says_the_kind_of_text_and_the_lasting_id(quote: dict[str, Any], library: Library) -> None:
    assert card(quote, library)["citation"] == plain(cited(quote, library))
    assert card(quote | {"text_kind": "invented"}, library)["citation"] is None


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
