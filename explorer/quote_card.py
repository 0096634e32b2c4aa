"""What the page of one quote says around its words: where they are from, who let them out, how much stands behind them, and caveats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from explorer.citation import CitationError, apa, cited, csl, plain
from explorer.denominator import stands_for
from explorer.library import Library
from explorer.quote_list import list_data
from store import Filters
from store.reader import Answer
from store.release import Standing
from store.similar import Near, Opposite

#: Who decides is told to the people who run the project, and to nobody else.
_DECIDED_IN = "internal"

#: What has to be known of a text's kind before it is used.
CAVEATS: Mapping[str, str] = {
    "verbatim": "The respondent’s own words, but for what is masked. It is one person’s answer and no finding.",
    "transcribed": "The words of the published source. It is one source’s report and no finding.",
    "paraphrase": "A paraphrase: not the respondent’s own words. Do not set it in quotation marks.",
    "translation": "A translation: not the respondent’s own words. Say so where you quote it.",
    "invented": "An invented example: nobody said this. It cannot be cited.",
}
_READ_BY_MACHINE = "Its codes are a machine’s reading; check them before you rest a claim on them."

Quote = Mapping[str, Any]


def card_data(quote: Quote, answers: Mapping[str, Answer | None], filters: Filters, library: Library) -> dict[str, Any]:
    """Return the quote's card with its citations, and its whole answer where that is among ``answers`` (None: gone since)."""
    data = list_data([quote], answers, filters, library)
    data["quotes"][0] |= {"alone": True, "cites": citations(quote, library)}
    return data


def citations(quote: Quote, library: Library) -> list[tuple[str, str]]:
    """Return the ways to cite a quote, each with its text; none where it cannot be cited."""
    try:
        what = cited(quote, library)
    except CitationError:
        return []
    return [("Plain text", plain(what)), ("APA", apa(what)), ("CSL-JSON", json.dumps([csl(what)], ensure_ascii=False, indent=1))]


def caveat(quote: Quote) -> str:
    """Return what has to be known before the quote is used."""
    said = CAVEATS.get(quote["text_kind"], "")
    return f"{said} {_READ_BY_MACHINE}" if quote["codes"] else said


def facts(quote: Quote, library: Library, stands: Standing | None) -> list[tuple[str, str]]:
    """Return what the card does not say of the quote, as names and sentences."""
    told = [
        ("Behind it", stands_for(quote, library)),
        ("Release", released(quote, stands, library.snapshot.view)),
        ("Translation", stands.ruling.text if stands and stands.released and stands.ruling.form == "translation" else ""),
        ("Snapshot", f"{library.snapshot.id}, made {library.snapshot.made[:10]}"),
    ]
    return [(name, said) for name, said in told if said]


def released(quote: Quote, stands: Standing | None, view: str) -> str:
    """Return who let the quote out, to whom and when; outside, only when."""
    if quote["protection"] != "protected":
        return "Published by its source; it needs no release."
    if stands is None or not stands.released:
        return "Not released: for researchers alone. It must not leave this view."
    day = stands.at[:10]
    if view != _DECIDED_IN:
        return f"Released on {day}."
    if stands.awaits_confirmation:
        return f"Released for partners by {stands.who} on {day}; for the public a second person has to confirm it."
    if stands.ruling.audience == "public":
        return f"Released for the public by {stands.ruling.first}, confirmed by {stands.who} on {day}."
    return f"Released for partners by {stands.who} on {day}."


def may_leave(quote: Quote, stands: Standing | None, library: Library) -> bool:
    """Say whether a quote may stand, as it is here, in a file that is made to be passed on: inside it needs a release of these words."""
    if quote["protection"] != "protected" or library.snapshot.view != _DECIDED_IN:
        return True
    return stands is not None and stands.released and stands.ruling.form == "as_is"


def beside(near: Sequence[Near], library: Library) -> dict[str, Any]:
    """Return quotes near in meaning as brief cards."""
    return _brief([each.quote for each in near], {}, library)


def against(opposite: Sequence[Opposite], library: Library) -> dict[str, Any]:
    """Return quotes that say the opposite as brief cards, each with why it stands there."""
    return _brief([each.quote for each in opposite], {each.quote["quote"]: why(each, library) for each in opposite}, library)


def collected(quote: Quote, notes: Sequence[str], library: Library) -> dict[str, Any]:
    """Return a quote of a story pack as a brief card, with sentences under it."""
    data = _brief([quote], {}, library)
    # The reference among the notes names the survey.
    data["quotes"][0] |= {"notes": [note for note in notes if note], "source": ""}
    return data


def why(opposite: Opposite, library: Library) -> str:
    """Say what an opposite quote shares with the quote, and what it says otherwise: “same country and actor, effect: improves”."""
    names = [library.names.facet(facet).lower() for facet in sorted(opposite.shares, key=("country", "actor", "right").index)]
    shared = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    code = library.names.code(opposite.facet, opposite.code).lower()
    return f"Same {shared}, {library.names.facet(opposite.facet).lower()}: {code}"


def _brief(quotes: Sequence[Quote], reasons: Mapping[str, str], library: Library) -> dict[str, Any]:
    data = list_data(quotes, {}, Filters(), library, why=reasons)
    data["quotes"] = [
        card | {"brief": True, "source": library.surveys[quote["survey"]].title} for card, quote in zip(data["quotes"], quotes, strict=True)
    ]
    return data
