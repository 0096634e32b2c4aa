from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from explorer.claim_table import claim_table
from explorer.export import to_csv, to_xlsx
from explorer.library import Library
from explorer.quote_table import quote_table
from store import Filters
from tests.explorer.test_export import read_csv, read_xlsx

BANKS = Filters(surveys=("reports",), codes=(("actor", ("bank",)),))


def rows(library: Library, filters: Filters) -> list[dict[str, Any]]:
    sheet = claim_table(library, filters)
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def test_each_claim_is_a_row_with_its_words(library: Library) -> None:
    first, *others = rows(library, BANKS)
    names = library.names
    quote = library.quotes(BANKS, 1)[0]
    assert (first["Quote id"], first["Claim id"]) == (quote["quote"], quote["claims"][0]["claim"])
    said = [first[names.facet(facet)] for facet in ("actor", "mechanism", "right", "mode", "direction", "effect")]
    values = (("actor", "bank"), ("mechanism", "lobbying"), ("right", "work"))
    assert said[:3] == [names.code(facet, code) for facet, code in values]
    assert said[5] == names.code("effect", "harms")
    assert (first["Words"], first["Country"], first["For review"]) == ("Foreign", "Brazil", "")
    assert len(others) == 2, "a passage of two claims has two rows"


def test_what_a_claim_says_as_its_passage_does_is_marked_where_the_passage_is_in_doubt(library: Library) -> None:
    effect = library.names.facet("effect")
    assert [row[effect].endswith(" (for review)") for row in rows(library, BANKS)] == [False, True, True]


def with_quotes(library: Library, monkeypatch: pytest.MonkeyPatch, **claim: Any) -> None:
    quote = library.quotes(BANKS, 1)[0]
    changed = quote | {"claims": [quote["claims"][0] | claim]}
    monkeypatch.setattr(library, "quotes", lambda filters, limit, offset=0: [changed])


def test_a_claim_for_review_is_a_row_only_where_it_counts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with_quotes(library, monkeypatch, review=True)
    assert rows(library, BANKS) == []
    about = dict(claim_table(library, BANKS).about)
    assert about["Claims"] == "0 of 1 passages; 1 wait for review and are left out; include codes for review to have them"
    (row,) = rows(library, Filters(suggestions=True))
    assert row["For review"] == "yes"


def test_words_that_overlap_are_given_once_and_a_link_that_is_not_told_is_empty(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = [{"start": start, "end": end} for start, end in ((0, 13), (8, 13), (14, 21))]
    with_quotes(library, monkeypatch, spans=spans, mechanism=None)
    (row,) = rows(library, BANKS)
    assert row["Words"] == "Foreign banks … lobbied"
    assert row[library.names.facet("mechanism")] == ""


def test_claims_go_into_a_file_of_their_own_and_beside_the_quotes(library: Library) -> None:
    claims = claim_table(library, BANKS)
    assert read_csv(to_csv(claims))[0] == list(claims.header)
    book = to_xlsx(quote_table(library, BANKS), {"Claims": claims})
    assert read_xlsx(book, "Claims")[0] == list(claims.header)
    assert len(read_xlsx(book, "Claims")) == len(claims.rows) + 1
    about = read_xlsx(book, "About")
    assert len({tuple(line) for line in about}) == len(about), "what holds for both is said once"
    assert [line[0] for line in about][-1] == "Claims"


def test_the_sheets_stand_in_order(library: Library) -> None:
    book = load_workbook(io.BytesIO(to_xlsx(quote_table(library, BANKS), {"Claims": claim_table(library, BANKS)})))
    assert book.sheetnames == ["Quotes", "Claims", "About"]
