from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from models.coding import Span
from models.identity import text_hash
from store import Decisions, Paths
from store.release import (
    RELEASE,
    WITHHELD,
    Quoted,
    Ruling,
    Verdict,
    Wish,
    confirm,
    refuse,
    release,
    ruling_of,
    spans_of,
    standing,
    take_back,
)
from taxonomy.errors import StoreError

TEXT = "Foreign banks lobbied in Quipo against the law, said Zebedee."
QUOTE = Quoted("q1", "a1", TEXT, "en")
PARTNER = Wish("partner", "as_is")
PUBLIC = Wish("public", "as_is")

pytestmark = pytest.mark.disk


def nobody(text: str, language: str | None) -> list[Span]:
    return []


def zebedee(text: str, language: str | None) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer("Zebedee", text)]


@pytest.fixture
def decisions(fresh: Paths) -> Decisions:
    return Decisions(fresh)


def released(decisions: Decisions, wish: Wish = PARTNER, who: str = "Ada", seen: int = 0) -> Verdict:
    return release(decisions, QUOTE, wish, who, seen=seen, names=nobody)


def number(verdict: Verdict) -> int:
    assert verdict.standing is not None
    return verdict.standing.number


def test_one_person_releases_for_partners(decisions: Decisions) -> None:
    verdict = released(decisions)
    assert verdict.recorded
    stands = standing(decisions)["q1"]
    assert stands == verdict.standing
    assert (stands.who, stands.holds_for("partner"), stands.holds_for("public"), stands.holds_for("internal")) == (
        "Ada",
        True,
        False,
        False,
    )
    assert stands.ruling.shown(TEXT) == TEXT


def test_for_the_public_a_second_person_confirms(decisions: Decisions) -> None:
    first = released(decisions, PUBLIC)
    assert first.standing is not None
    assert first.standing.awaits_confirmation
    assert (first.standing.holds_for("partner"), first.standing.holds_for("public")) == (True, False)
    for same in ("Ada", " ada ", "Àda", "A.d-a"):
        with pytest.raises(StoreError, match="Ada released it; for the public another person"):
            confirm(decisions, QUOTE, same, seen=number(first))
    second = confirm(decisions, QUOTE, "Ben", seen=number(first)).standing
    assert second is not None
    assert (second.holds_for("public"), second.holds_for("partner"), second.ruling.first, second.who) == (True, True, "Ada", "Ben")
    assert second.ruling.stamp == first.standing.ruling.stamp, "what is shown stays the same"
    with pytest.raises(StoreError, match="waits for a confirmation"):
        confirm(decisions, QUOTE, "Cem", seen=second.number)


def test_a_new_release_after_a_confirmed_one_is_confirmed_anew(decisions: Decisions) -> None:
    second = confirm(decisions, QUOTE, "Ben", seen=number(released(decisions, PUBLIC)))
    third = released(decisions, Wish("public", "paraphrase", text="Banks spoke against a law."), "Ben", number(second)).standing
    assert third is not None
    assert not third.holds_for("public")
    assert third.awaits_confirmation


def test_a_release_for_partners_needs_no_confirmation_and_takes_none(decisions: Decisions) -> None:
    seen = number(released(decisions))
    with pytest.raises(StoreError, match="waits for a confirmation"):
        confirm(decisions, QUOTE, "Ben", seen=seen)
    with pytest.raises(StoreError, match="waits for a confirmation"):
        confirm(decisions, replace(QUOTE, quote="q2"), "Ben", seen=0)


def test_a_text_that_changed_cannot_be_confirmed(decisions: Decisions) -> None:
    seen = number(released(decisions, PUBLIC))
    with pytest.raises(StoreError, match="of this text"):
        confirm(decisions, replace(QUOTE, text=TEXT + "."), "Ben", seen=seen)


def test_what_is_refused_or_taken_back_is_not_shown_and_can_be_released_anew(decisions: Decisions) -> None:
    seen = number(released(decisions))
    seen = number(refuse(decisions, QUOTE, "Ben", seen=seen))
    assert not standing(decisions)["q1"].holds_for("partner")
    seen = number(released(decisions, seen=seen))
    back = take_back(decisions, "q1", "Cem")
    assert back.recorded
    assert (standing(decisions)["q1"].ruling.outcome, standing(decisions)["q1"].who) == ("withdrawn", "Cem")
    again = take_back(decisions, "q1", "Dan")
    assert (again.recorded, again.standing) == (False, back.standing)
    assert released(decisions, seen=number(back)).recorded


def test_what_goes_outside_of_a_release_tells_nobody_who_tries_words_which_ones_are_withheld(decisions: Decisions) -> None:
    masked = Wish("partner", "masked", spans=spans_of(TEXT, ["Zebedee"]))
    first = released(decisions, masked).standing
    assert first is not None
    guess = Ruling(outcome="released", text_hash=text_hash(TEXT), audience="partner", form="masked", spans=first.ruling.spans)
    assert guess.shown(TEXT) == first.ruling.shown(TEXT)
    assert guess.stamp != first.ruling.stamp
    back = take_back(decisions, "q1", "Cem")
    again = released(decisions, masked, seen=number(back)).standing
    assert again is not None
    assert again.ruling.stamp == first.ruling.stamp, "the same is shown again"


def test_whoever_comes_second_is_told_what_stands_and_who_decided_it(decisions: Decisions) -> None:
    released(decisions, who="Ada")
    late = refuse(decisions, QUOTE, "Ben", seen=0)
    assert not late.recorded
    assert late.standing is not None
    assert (late.standing.who, late.standing.ruling.outcome) == ("Ada", "released")
    assert standing(decisions)["q1"].who == "Ada"
    seen = number(released(decisions, PUBLIC, seen=late.standing.number))
    refuse(decisions, QUOTE, "Cem", seen=seen)
    assert not confirm(decisions, QUOTE, "Ben", seen=seen).recorded, "what was refused meanwhile is not confirmed"


def test_of_many_at_once_one_decides_and_all_hear_who(decisions: Decisions) -> None:
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda who: released(decisions, who=f"person {who}"), range(8)))
    assert sum(verdict.recorded for verdict in verdicts) == 1
    stands = standing(decisions)["q1"]
    assert {verdict.standing for verdict in verdicts} == {stands}


def test_what_was_withdrawn_meanwhile_cannot_be_released(decisions: Decisions) -> None:
    seen = number(released(decisions, PUBLIC))
    decisions.record("withdrawal", "a1", "withdrawn", "eva")
    for attempt in (
        lambda: released(decisions, seen=seen),
        lambda: refuse(decisions, QUOTE, "Ada", seen=seen),
        lambda: confirm(decisions, QUOTE, "Ben", seen=seen),
    ):
        with pytest.raises(StoreError, match="its answer was withdrawn on 20"):
            attempt()
    assert take_back(decisions, "q1", "Ben").recorded, "taking back is always possible"
    decisions.record("withdrawal", "a1", "active", "eva")
    assert released(decisions, seen=standing(decisions)["q1"].number).recorded


def test_words_are_withheld_whole_and_wherever_they_stand() -> None:
    spans = spans_of("Quipo, in quipo and Quipoan \n lands.", ["quip", "", "quipoan lands"])
    assert [(span.start, span.end) for span in spans] == [(0, 5), (10, 15), (20, 35)]
    with pytest.raises(StoreError, match="line 2") as error:
        spans_of(TEXT, ["Quipo", "Zanzibar"])
    assert "Zanzibar" not in str(error.value)


def test_a_release_with_more_words_masked(decisions: Decisions) -> None:
    wish = Wish("partner", "masked", spans_of(TEXT, ["Quipo", "Zebedee"]))
    stands = released(decisions, wish).standing
    assert stands is not None
    assert stands.ruling.shown(TEXT) == f"Foreign banks lobbied in {WITHHELD} against the law, said {WITHHELD}."
    assert standing(decisions)["q1"].ruling.stamp == stands.ruling.stamp


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish("partner", "masked"), "which of its words"),
        (Wish("partner", "masked", (Span(-1, 4),)), "which of its words"),
        (Wish("partner", "masked", (Span(0, 999),)), "which of its words"),
        (Wish("partner", "masked", (Span(0, len(TEXT)),)), "no word is left"),
        (Wish("partner", "paraphrase"), "write the paraphrase"),
        (Wish("partner", "paraphrase", text=" … "), "write the paraphrase"),
        (Wish("partner", "paraphrase", text=f" {TEXT.upper()} "), "is the quote itself"),
        (Wish("partner", "paraphrase", text="Some\u202ething"), "cannot be seen"),
        (Wish("partner", "paraphrase", text="word " * 2000), "at most 4,000"),
        (Wish("partner", "translation", text="Los bancos."), "which language"),
        (Wish("partner", "translation", text="Los bancos.", language="Spanish!"), "which language"),
    ],
)
def test_a_wish_that_cannot_be_carried_out_is_refused_without_a_word_of_the_answer(decisions: Decisions, wish: Wish, reason: str) -> None:
    with pytest.raises(StoreError, match=reason) as error:
        released(decisions, wish)
    assert "lobbied" not in str(error.value)
    assert standing(decisions) == {}


def test_a_translation_is_in_a_language(decisions: Decisions) -> None:
    stands = released(decisions, Wish("partner", "translation", text="Los  bancos\n presionaron.", language=" ES ")).standing
    assert stands is not None
    assert (stands.ruling.language, stands.ruling.shown(TEXT)) == ("es", "Los bancos presionaron.")


@pytest.mark.parametrize("who", ["", "  ", "…", "x" * 81, "a\u202eb"])
def test_nobody_decides_nothing(decisions: Decisions, who: str) -> None:
    for attempt in (
        lambda: released(decisions, who=who),
        lambda: refuse(decisions, QUOTE, who, seen=0),
        lambda: confirm(decisions, QUOTE, who, seen=0),
        lambda: take_back(decisions, "q1", who),
    ):
        with pytest.raises(StoreError, match="say who decides"):
            attempt()


def test_a_word_that_looks_like_a_name_blocks_until_somebody_has_looked_at_it(decisions: Decisions) -> None:
    for wish in (
        PARTNER,
        Wish("partner", "paraphrase", text="Zebedee told of banks."),
        Wish("public", "masked", spans_of(TEXT, ["Quipo"])),
    ):
        with pytest.raises(StoreError, match="1 word looks like a name") as error:
            release(decisions, QUOTE, wish, "Ada", seen=0, names=zebedee)
        assert "Zebedee" not in str(error.value)
    masked = Wish("partner", "masked", spans_of(TEXT, ["Zebedee"]))
    seen = number(release(decisions, QUOTE, masked, "Ada", seen=0, names=zebedee))
    looked = replace(PARTNER, looked_at=("zebedee",))
    assert release(decisions, QUOTE, looked, "Ada", seen=seen, names=zebedee).recorded
    assert standing(decisions)["q1"].ruling.looked_at == ("zebedee",)


@pytest.mark.parametrize("value", ["", "yes", "{}", '{"outcome": "released", "text_hash": "x"}', '{"outcome": "released", "more": 1}'])
def test_what_no_release_wrote_releases_nothing(decisions: Decisions, value: str) -> None:
    decisions.record(RELEASE, "q1", value, "ada")
    stands = standing(decisions)["q1"]
    assert not stands.holds_for("partner")
    assert not stands.released
    ruling_of(value)
