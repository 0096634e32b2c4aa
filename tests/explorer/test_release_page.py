from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from explorer.access import EXPIRED, ROLES, Grant
from models.coding import Span
from store import Decisions, Paths, Writer
from store.release import standing
from tests.explorer.conftest import act, part
from tests.synthetic import EXPERTS, VERSIONS, Response, Sentence, answer_id, process

pytestmark = pytest.mark.server

Opens = Callable[..., Any]
BANKS = "Foreign banks lobbied against the labour law."


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every word that begins with a Z be like a name, instead of loading what knows names."""
    monkeypatch.setattr(
        "explorer.release_shelf.name_like", lambda text, language: [Span(*met.span()) for met in re.finditer(r"\bZ\w+", text)]
    )


def cards(app: Any) -> list[dict[str, Any]]:
    """The data of the quotes on the page."""
    protos = [element.proto for element in app.get("bidi_component") if element.proto.component_name == "suasion_release"]
    return [json.loads(proto.mixed.json if proto.WhichOneof("data") == "mixed" else proto.json) for proto in protos]


def words(card: dict[str, Any]) -> str:
    return "".join(piece["text"] for piece in card["pieces"])


def said(app: Any) -> str:
    """All that is said on the page, in a line for each fact of a quote."""
    facts = [f"{term}: {what}" + (f": {which}" if which else "") for card in cards(app) for term, what, which in card["facts"]]
    shown = [part for card in cards(app) for part in (words(card), f"Shown as: {card['shown']}", card["codes"])]
    return "\n".join([*(str(text.value) for text in app.text), *facts, *shown])


def press(app: Any, label: str, number: int = 0) -> None:
    [button for button in app.button if button.label == label][number].click().run()
    assert not app.exception


def opened(app: Any, text: str = BANKS) -> str:
    """Open the form of the quote with a text, and return its id."""
    (id,) = (card["id"].removeprefix("quote ") for card in cards(app) if words(card) == text)
    app.toggle(key=f"open-{id}").set_value(True).run()
    assert not app.exception
    return id


def chosen(app: Any, stage: str) -> None:
    app.segmented_control(key="stage").set_value(stage).run()
    assert not app.exception


def test_the_queue_holds_quotes_of_protected_surveys_with_their_risks(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "release")
    text = said(app)
    assert BANKS in text
    assert "Garment factories" not in text
    assert "Small country: fewer than 10 people of its country answered" in text
    assert "Rare role: fewer than 10 people have its role (lawyer)" in text
    (card,) = (card for card in cards(app) if words(card) == BANKS)
    assert "Relevance: Influence" in card["codes"]
    assert (card["place"], card["about"], card["state"]) == ("Brazil", "2025 · Expert survey", "Undecided")
    assert len([button for button in app.button if button.label == "Keep inside"]) == 3


def test_filters_hold_and_a_public_survey_needs_no_release(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "release", country=["KOR"])
    assert len([button for button in app.button if button.label == "Keep inside"]) == 1
    app = open_app(shelf, "release", survey=["reports"])
    assert [heading.value for heading in app.subheader] == ["No protected survey passes these filters"]


def test_one_releases_and_another_confirms(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "release")
    id = opened(app)
    press(app, "Release")
    assert "Not recorded. say who decides" in said(app)
    app.text_input(key="who").set_value("Ada")
    app.radio(key=f"audience-{id}").set_value("public").run()
    press(app, "Release")
    assert standing(Decisions(own_shelf))[id].awaits_confirmation
    chosen(app, "to confirm")
    assert "Released to partners; the public waits for a second person, as it is. Decided by Ada on 20" in said(app)
    press(app, "Confirm for the public")
    assert "Ada released it; for the public another person has to confirm it" in said(app)
    app.text_input(key="who").set_value("Ben").run()
    press(app, "Confirm for the public")
    assert standing(Decisions(own_shelf))[id].holds_for("public")
    chosen(app, "released")
    assert "Released to partners and the public, as it is, first by Ada. Decided by Ben" in said(app)
    press(app, "Take back")
    assert not standing(Decisions(own_shelf))[id].released
    chosen(app, "kept inside")
    assert "Taken back. Decided by Ben" in said(app)


def test_words_are_masked_and_the_person_sees_how_it_will_read(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "release")
    id = opened(app)
    app.text_input(key="who").set_value("Ada")
    app.radio(key=f"form-{id}").set_value("masked").run()
    assert "say which of its words are to be masked" in said(app)
    app.text_area(key=f"words-{id}").set_value("zebra").run()
    assert "line 1: they do not stand in the quote" in said(app)
    app.text_area(key=f"words-{id}").set_value("labour law").run()
    assert "It will read: Foreign banks lobbied against the [withheld]." in said(app)
    press(app, "Release")
    assert standing(Decisions(own_shelf))[id].ruling.shown(BANKS) == "Foreign banks lobbied against the [withheld]."


def test_name_like_words_of_a_translation_are_looked_at_first(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "release")
    id = opened(app)
    app.text_input(key="who").set_value("Ada")
    app.radio(key=f"form-{id}").set_value("translation").run()
    app.text_area(key=f"text-{id}").set_value("Los bancos, dice Zebedea.")
    app.text_input(key=f"language-{id}").set_value("es").run()
    press(app, "Release")
    assert "1 word looks like a name and nobody has looked at it" in said(app)
    app.checkbox(key=f"looked-{id}-Zebedea").check().run()
    press(app, "Release")
    assert standing(Decisions(own_shelf))[id].ruling.looked_at == ("Zebedea",)


def test_whoever_is_slower_is_told_who_decided(own_shelf: Paths, open_app: Opens) -> None:
    app, other = open_app(own_shelf, "release"), open_app(own_shelf, "release")
    for each, who in ((app, "Ada"), (other, "Ben")):
        each.text_input(key="who").set_value(who).run()
    press(app, "Keep inside")
    press(other, "Keep inside")
    assert "Not recorded, for somebody was faster. Kept inside. Decided by Ada" in said(other)


def test_a_quote_that_was_withdrawn_meanwhile_is_refused(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "release", country=["KOR"])
    app.text_input(key="who").set_value("Ada").run()
    Decisions(own_shelf).record("withdrawal", answer_id("experts", "3"), "withdrawn", "eva")
    press(app, "Keep inside")
    assert "Not recorded. quote" in said(app)
    assert "its answer was withdrawn on 20" in said(app)


def test_other_roles_have_no_such_page() -> None:
    from explorer.access import SCREENS

    (screen,) = (screen for screen in SCREENS if screen.id == "release")
    assert screen.roles == {"researcher"}


def test_a_filter_can_be_taken_away_here_too(shelf: Paths, open_app: Opens) -> None:
    app = open_app(shelf, "release", country=["KOR"])
    act(app, "banner", "remove", {"facet": "country", "code": "KOR"})
    assert BANKS in said(app)
    assert part(app, "banner")["headline"]


def test_stages_of_few_people_are_not_counted(own_shelf: Paths, open_app: Opens) -> None:
    app = open_app(own_shelf, "release")
    assert app.segmented_control(key="stage").options == ["Undecided (<5)", "To confirm (0)", "Released (0)", "Kept inside (0)"]


def test_the_words_that_could_lead_to_a_person_are_marked(own_shelf: Paths, open_app: Opens) -> None:
    people = tuple(Response(f"z{each}", (Sentence(f"Zebedee paid {each}."),), respondent=f"z{each}") for each in range(12))
    later = Response("later", (Sentence("Zora waits until then."),), respondent="later", embargo="2999-12-31")
    earlier = Response("earlier", (Sentence("Zora waited."),), respondent="earlier", embargo="2001-12-31")
    with Writer(own_shelf, "tests") as writer:
        run = writer.begin_run(["experts"], VERSIONS)
        process(writer, EXPERTS, (*people, later, earlier), run)
        writer.publish("internal", run)
    app = open_app(own_shelf, "release")
    assert app.segmented_control(key="stage").options[0] == "Undecided (14)"
    assert app.number_input(key="release-page").max == 2
    app.number_input(key="release-page").set_value(2).run()
    found = {words(card): card for card in [*cards(app), *cards(open_app(own_shelf, "release"))]}
    assert len(found) == 14
    marked = {piece["text"]: piece["why"] for piece in found["Zebedee paid 1."]["pieces"]}
    assert "Name-like words: words that look like a name" in marked["Zebedee"]
    facts = {text: {term: what for term, what, _ in card["facts"]} for text, card in found.items()}
    assert facts["Zora waits until then."]["Embargo"] == "until 2999-12-31: whatever is decided, it stays inside till then"
    assert "Embargo" not in facts["Zora waited."]


def test_whoever_signed_in_decides_in_that_name_alone(own_shelf: Paths, open_app: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in = Grant(ROLES["researcher"], "ada@example.org", {})
    monkeypatch.setattr("explorer.door.admit", lambda: signed_in)
    monkeypatch.setattr("explorer.door.holds", lambda grant: grant == signed_in)
    app = open_app(own_shelf, "release")
    assert not app.text_input or "who" not in {box.key for box in app.text_input}
    app.session_state["who"] = "Somebody Else"
    press(app, "Keep inside")
    (stands,) = standing(Decisions(own_shelf)).values()
    assert stands.who == "ada@example.org"
    monkeypatch.setattr("explorer.door.holds", lambda grant: False)
    monkeypatch.setattr("explorer.door.admit", lambda: EXPIRED)
    press(app, "Keep inside")
    assert len(standing(Decisions(own_shelf))) == 1, "whose session has ended decides nothing"
