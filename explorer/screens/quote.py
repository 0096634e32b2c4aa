"""One quote: its words with their codes, where they are from and who let them out, and what stands beside and against them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import components, quote_card
from explorer.cards import cards, whole_answers
from explorer.filters import narrowed
from explorer.frame import page_head
from explorer.names import TEXT_KINDS
from explorer.provenance import where_from
from explorer.searching import QUOTE
from explorer.session import Visit, present
from store import Filters

_LONGEST_ID = 64


def quote_page(visit: Visit) -> None:
    """Draw the page of the quote that the link names."""
    page_head(visit.grant)
    asked = str(st.query_params.get(QUOTE, ""))[:_LONGEST_ID]
    quote = visit.library.search.quote(asked) if asked else None
    if quote is None:
        _not_there(asked)
        return
    _head(visit, quote)
    _card(visit, quote)
    _facts(visit, quote)
    # What the quote is one of is the figure of this page.
    about = Filters(surveys=(quote["survey"],), countries=(quote["country"],) if quote["country"] else ())
    st.space("small")
    beside, against = st.columns(2, gap="large")
    with beside:
        _beside(visit, quote)
    with against:
        _against(visit, quote)
    where_from(visit, about)


def _not_there(asked: str) -> None:
    if asked:
        st.title("This quote is not here", anchor=False)
        st.write(
            "It was withdrawn, is no longer released, or its text has changed since the link was made. Do not use it any more: what a "
            "person withdraws is shown nowhere. If you have quoted it already, ask the people who run this explorer."
        )
        st.text(f"Quote {asked}")
    else:
        st.title("No quote is named", anchor=False)
        st.write("The page of a quote is opened from the list of quotes, or by its link.")
    st.page_link("screens/quotes.py", label="Find a quote", icon=":material/arrow_back:")


def _head(visit: Visit, quote: dict[str, Any]) -> None:
    library = visit.library
    place = library.names.code("country", quote["country"]) if quote["country"] else "Country not known"
    survey = library.surveys[quote["survey"]]
    components.banner(
        key="banner-quote",
        data={
            "kicker": "Quote",
            "headline": ", ".join(part for part in (place, library.names.code("wave", quote["wave"] or "")) if part),
            "tally": f"{survey.title} · {TEXT_KINDS.get(quote['text_kind'], quote['text_kind'])}",
            "coverage": "",
            "caveat": quote_card.caveat(quote),
            "chips": [],
            "notes": [],
            "unfiltered": True,
        },
        on_remove_change=lambda: None,
        on_clear_change=lambda: None,
    )
    st.page_link("screens/quotes.py", label="All quotes", icon=":material/arrow_back:")


def _card(visit: Visit, quote: dict[str, Any]) -> None:
    data = quote_card.card_data(quote, whole_answers([quote], visit.library), visit.filters, visit.library)
    if asked := cards(visit, "alone", data, linked=False):
        filters = replace(visit.filters, suggestions=True) if asked.get("suggestions") is True else visit.filters
        visit.show(narrowed(filters, {str(asked.get("facet")): (str(asked.get("code")),)}, visit.library.options))
        st.switch_page("screens/quotes.py")


def _facts(visit: Visit, quote: dict[str, Any]) -> None:
    library = visit.library
    stands = library.release.standing().get(quote["quote"]) if quote["protection"] == "protected" else None
    components.topics(key="facts", data={"facts": quote_card.facts(quote, library, stands)}, on_open_change=lambda: None)
    versions = library.search.versions(quote["quote"])
    if versions:
        st.space("small")
        st.header("The same answer in other languages", anchor=False)
        st.text("The passage of each language version that lies nearest to this one. The survey made the translations.")
        cards(visit, "versions", quote_card.beside(versions, library))


def _beside(visit: Visit, quote: dict[str, Any]) -> None:
    st.header("Near in meaning", anchor=False)
    similar = visit.library.search.similar(quote["quote"])
    if similar:
        st.text("From other answers, in any language, the nearest first.")
        cards(visit, "beside", quote_card.beside(similar, visit.library))
    else:
        st.text("No other answer lies near to these words.")


def _against(visit: Visit, quote: dict[str, Any]) -> None:
    st.header("Says the opposite", anchor=False)
    opposite = visit.library.search.opposite(quote["quote"])
    if opposite:
        st.text("The same actor, right or country, and the other effect or direction.")
        cards(visit, "against", quote_card.against(opposite, visit.library))
    elif quote["claims"]:
        st.text("No claim of the same actor, right or country has the other effect or direction.")
    else:
        st.text("No claim was read from these words, so that nothing can be set against it.")


present(quote_page, "quote", own=(QUOTE,))
