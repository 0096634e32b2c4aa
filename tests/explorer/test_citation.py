from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from explorer.citation import CitationError, Cited, apa, cited, csl, plain, reference
from explorer.library import Library
from store import Filters


@pytest.fixture
def quote(library: Library) -> dict[str, Any]:
    return library.quotes(Filters(surveys=("reports",), countries=("BRA",)), 1)[0]


@pytest.fixture
def what() -> Cited:
    return Cited(
        quote="q1", text="Banks asked for it.", kind="paraphrase", country="Brazil", wave="2019", question="Who asked?", language="en",
        title="Experts on rights", source="Example Institute", licence="CC BY 4.0", snapshot="20260101-1", made="2026-01-01T10:00:00+00:00",
    )  # fmt: skip


def test_a_quote_of_the_store_is_told_whole(quote: dict[str, Any], library: Library) -> None:
    found = cited(quote, library)
    assert (found.quote, found.text, found.country, found.title) == (quote["quote"], quote["text"], "Brazil", "Country reports")
    assert found.snapshot == library.snapshot.id


def test_invented_texts_cannot_be_cited(quote: dict[str, Any], library: Library) -> None:
    with pytest.raises(CitationError, match="cannot be cited") as error:
        cited(quote | {"text_kind": "invented"}, library)
    assert quote["text"] not in str(error.value)


def test_the_plain_citation_has_words_kind_place_source_and_id(what: Cited) -> None:
    assert plain(what) == (
        "“Banks asked for it.” (Brazil; 2019; on “Who asked?”; Experts on rights; Example Institute; "
        "paraphrase, not the respondent's own words; CC BY 4.0; quote q1)"
    )
    assert "Banks asked" not in reference(what)


def test_apa_names_the_survey_as_a_data_set(what: Cited) -> None:
    assert apa(what) == (
        "Example Institute. (2019). Experts on rights [Dataset]. (quote q1, Brazil, 2019; paraphrase, not the respondent's own words)"
    )
    assert "(n.d.)" in apa(replace(what, wave="v2"))


def test_csl_json_can_be_read_by_reference_managers(what: Cited) -> None:
    item = json.loads(json.dumps(csl(what)))
    assert (item["type"], item["id"], item["version"], item["abstract"]) == ("dataset", "q1", "20260101-1", "Banks asked for it.")
    assert item["issued"] == {"date-parts": [[2019]]}
    assert item["accessed"] == {"date-parts": [[2026, 1, 1]]}
    assert "issued" not in csl(replace(what, wave=""))
    assert "language" not in csl(replace(what, language=""))


def test_a_source_with_markup_stays_text(what: Cited) -> None:
    assert "<i>Odd</i> & <script>x</script>" in apa(replace(what, title="<i>Odd</i> & <script>x</script>"))
