"""The release of quotes: what of a protected survey may be shown outside, in which form, and who said so.

Decisions of the kind ``release`` on the id of a quote, appended like all decisions: the newest stands. One person releases for partners;
for the public a second one, by another name, confirms exactly what the first released. A decision holds for the text that was decided
on, by its hash, so that a quote whose text changes is unreleased again. Embargo and withdrawal bind whatever was decided.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from models.coding import Span
from models.identity import identifier, text_hash
from store.decisions import WITHDRAWAL, WITHDRAWN, Decision, Decisions, Turn
from taxonomy.errors import StoreError

RELEASE = "release"

#: Stands where a person masked words before a quote went out.
WITHHELD = "[withheld]"

LONGEST_WHO = 80
LONGEST_TEXT = 4_000

Form = Literal["as_is", "masked", "paraphrase", "translation"]
Audience = Literal["partner", "public"]
Outcome = Literal["released", "refused", "withdrawn"]

#: What looks like a name in a text of a language, and is not surely one: a person has to look at it before it is shown.
NameLike = Callable[[str, str | None], Sequence[Span]]

#: Join letters in some scripts, and so belong into a translation although they cannot be seen.
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True)
class Quoted:
    """The quote that is decided on, as the person saw it."""

    quote: str
    answer: str
    text: str
    language: str | None


@dataclass(frozen=True)
class Wish:
    """How a quote shall be released.

    Attributes:
        audience: ``partner``, or ``public``, which partners see too and a second person confirms.
        form: as it is, with more words masked, as a paraphrase or as a translation.
        spans: of ``masked``: the words to withhold, in code points of the quote.
        text: of ``paraphrase`` and ``translation``: what is shown in the quote's place.
        language: of ``translation``: the language that it is in (ISO 639-1).
        looked_at: words that look like names and that the person found to be none that must go.
    """

    audience: Audience
    form: Form
    spans: tuple[Span, ...] = ()
    text: str = ""
    language: str | None = None
    looked_at: tuple[str, ...] = ()


class Ruling(BaseModel):
    """What was decided on a quote, as it is kept. ``first`` is who released it, once another person has confirmed it.

    ``salt`` is drawn once for each quote and stays inside: without it the stamp, which goes outside, would tell whoever tries words in
    the place of those withheld which ones are right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    text_hash: str
    audience: Audience | None = None
    form: Form | None = None
    spans: tuple[tuple[int, int], ...] = ()
    text: str = ""
    language: str | None = None
    looked_at: tuple[str, ...] = ()
    first: str = ""
    salt: str = ""

    @property
    def stamp(self) -> str:
        """What changes whenever something else would be shown."""
        return identifier("release", self.text_hash, self.form, self.spans, self.text, self.language, self.salt)

    @property
    def released(self) -> bool:
        """Whether it releases the quote to anybody."""
        return self.outcome == "released" and self.form is not None and self.audience is not None

    def holds_for(self, view: str) -> bool:
        """Whether the quote may be shown in a view outside: for the public once it is confirmed."""
        return self.released and (view == "partner" or (view == "public" and self.audience == "public" and bool(self.first)))

    def shown(self, text: str) -> str:
        """Return what is shown in the place of a quote's text."""
        if self.form in ("paraphrase", "translation"):
            return self.text
        for start, end in reversed(self.spans):
            text = text[:start] + WITHHELD + text[end:]
        return text


@dataclass(frozen=True)
class Standing:
    """What stands on a quote, who decided it last, and when."""

    ruling: Ruling
    who: str
    at: str
    number: int

    @property
    def released(self) -> bool:
        """Whether it is released to anybody."""
        return self.ruling.released

    @property
    def awaits_confirmation(self) -> bool:
        """Whether it is released for the public and a second person has not confirmed it."""
        return self.released and self.ruling.audience == "public" and not self.holds_for("public")

    def holds_for(self, view: str) -> bool:
        """Whether the quote may be shown in a view outside."""
        return self.ruling.holds_for(view) and not (view == "public" and _same_person(self.ruling.first, self.who))


@dataclass(frozen=True)
class Verdict:
    """What stands after somebody decided, and whether it is that decision: another person may have been faster."""

    standing: Standing | None
    recorded: bool


def standing(decisions: Decisions) -> dict[str, Standing]:
    """Return what stands on every quote on which somebody decided."""
    return {quote: _read(decision) for quote, decision in decisions.standing(RELEASE).items()}


def ruling_of(value: str) -> Ruling:
    """Return a decision as it was kept; what no release wrote releases nothing."""
    try:
        return Ruling.model_validate_json(value)
    except ValidationError:
        return Ruling(outcome="refused", text_hash="")


def preview(quote: Quoted, wish: Wish) -> str:
    """Return what would be shown in the place of a quote.

    Raises:
        StoreError: the wish cannot be carried out.
    """
    return _ruling(quote, wish).shown(quote.text)


def release(decisions: Decisions, quote: Quoted, wish: Wish, who: str, *, seen: int, names: NameLike) -> Verdict:
    """Record that a quote may be shown outside.

    Args:
        decisions: where it is recorded.
        quote: what the person saw.
        wish: to whom and how it is released.
        who: the person.
        seen: the number of the decision that stood when the person looked, 0 where none did.
        names: finds what looks like a name in what would be shown.

    Raises:
        StoreError: the wish cannot be carried out, a word that looks like a name was looked at by nobody, or the answer was withdrawn.
    """
    who = _person(who)
    ruling = _ruling(quote, wish)
    shown = ruling.shown(quote.text)
    language = wish.language if wish.form == "translation" else quote.language
    looked_at = {word.casefold() for word in wish.looked_at}
    unseen = {word for span in names(shown, language) if (word := shown[span.start : span.end]).casefold() not in looked_at}
    if unseen:
        raise StoreError(
            f"quote {quote.quote}: {len(unseen)} {'word looks' if len(unseen) == 1 else 'words look'} like a name and nobody has looked at "
            "it; mask it, or say that it is none that must go"
        )
    return _decide(decisions, quote, ruling, who, seen)


def refuse(decisions: Decisions, quote: Quoted, who: str, *, seen: int) -> Verdict:
    """Record that a quote is not to be shown outside.

    Raises:
        StoreError: nobody is named, or the answer was withdrawn.
    """
    return _decide(decisions, quote, Ruling(outcome="refused", text_hash=text_hash(quote.text)), _person(who), seen)


def confirm(decisions: Decisions, quote: Quoted, who: str, *, seen: int) -> Verdict:
    """Record that a second person stands by a release for the public, exactly as it is.

    Raises:
        StoreError: nothing waits for it, it is the first person again, the quote changed, or the answer was withdrawn.
    """
    who = _person(who)
    with decisions.turn() as turn:
        before = _open(turn, quote)
        if (before.number if before else 0) != seen:
            return Verdict(before, False)
        if before is None or not before.awaits_confirmation or before.ruling.text_hash != text_hash(quote.text):
            raise StoreError(f"quote {quote.quote}: no release of this text waits for a confirmation")
        if _same_person(before.who, who):
            raise StoreError(f"quote {quote.quote}: {before.who} released it; for the public another person has to confirm it")
        return _record(turn, quote, before.ruling.model_copy(update={"first": before.who}), who)


def take_back(decisions: Decisions, quote: str, who: str) -> Verdict:
    """Record that a quote is released no more, whatever was decided meanwhile; nothing is recorded where nothing is released.

    Raises:
        StoreError: nobody is named.
    """
    who = _person(who)
    with decisions.turn() as turn:
        found = turn.standing(RELEASE, quote)
        before = _read(found) if found else None
        if before is None or not before.released:
            return Verdict(before, False)
        ruling = Ruling(outcome="withdrawn", text_hash=before.ruling.text_hash, salt=before.ruling.salt)
        return Verdict(_read(turn.record(RELEASE, quote, ruling.model_dump_json(), who)), True)


def spans_of(text: str, phrases: Sequence[str]) -> tuple[Span, ...]:
    """Return where phrases stand in a text, everywhere and whatever their case, as whole words: half a word would tell the rest.

    Raises:
        StoreError: a phrase does not stand in the text; the message says which by its number.
    """
    found: list[tuple[int, int]] = []
    for number, phrase in enumerate((tidy for phrase in phrases if (tidy := " ".join(phrase.split()))), start=1):
        pattern = r"\w*" + r"\s+".join(map(re.escape, phrase.split(" "))) + r"\w*"
        met = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
        if not met:
            raise StoreError(f"words to mask, line {number}: they do not stand in the quote like this; copy them from it")
        found += met
    return _joined(found)


def _ruling(quote: Quoted, wish: Wish) -> Ruling:
    """Return what would be recorded, or say what is wrong with the wish."""
    spans: tuple[tuple[int, int], ...] = ()
    text, language = "", None
    if wish.form == "masked":
        spans = tuple((span.start, span.end) for span in _joined((span.start, span.end) for span in wish.spans))
        if not spans or spans[0][0] < 0 or spans[-1][1] > len(quote.text):
            raise StoreError(f"quote {quote.quote}: say which of its words are to be masked")
        left = Ruling(outcome="released", text_hash="", spans=spans).shown(quote.text).replace(WITHHELD, "")
        if not any(letter.isalnum() for letter in left):
            raise StoreError(f"quote {quote.quote}: no word is left of it; refuse it instead")
    elif wish.form != "as_is":
        text = _written(quote, wish.text, wish.form)
        if wish.form == "translation":
            language = (wish.language or "").strip().lower()
            if not re.fullmatch(r"[a-z]{2,3}", language):
                raise StoreError(f"quote {quote.quote}: say which language the translation is in")
    return Ruling(
        outcome="released", text_hash=text_hash(quote.text), audience=wish.audience, form=wish.form, spans=spans, text=text,
        language=language, looked_at=tuple(sorted(set(wish.looked_at))),
    )  # fmt: skip


def _written(quote: Quoted, text: str, form: str) -> str:
    tidy = " ".join(text.split())
    if not any(letter.isalnum() for letter in tidy):
        raise StoreError(f"quote {quote.quote}: write the {form} that is shown in its place")
    if len(tidy) > LONGEST_TEXT:
        raise StoreError(f"quote {quote.quote}: the {form} has {len(tidy):,} characters; at most {LONGEST_TEXT:,} can be shown")
    if _unseen(tidy, _JOINERS):
        raise StoreError(f"quote {quote.quote}: the {form} holds characters that cannot be seen; type it anew")
    if tidy.casefold() == " ".join(quote.text.split()).casefold():
        raise StoreError(f"quote {quote.quote}: the {form} is the quote itself; release it as it is, or write it anew")
    return tidy


def _decide(decisions: Decisions, quote: Quoted, ruling: Ruling, who: str, seen: int) -> Verdict:
    with decisions.turn() as turn:
        before = _open(turn, quote)
        if (before.number if before else 0) != seen:
            return Verdict(before, False)
        salt = before.ruling.salt if before and before.ruling.salt else secrets.token_hex(16)
        return _record(turn, quote, ruling.model_copy(update={"salt": salt}), who)


def _open(turn: Turn, quote: Quoted) -> Standing | None:
    """Return what stands on a quote that may still be decided on."""
    withdrawal = turn.standing(WITHDRAWAL, quote.answer)
    if withdrawal is not None and withdrawal.value == WITHDRAWN:
        raise StoreError(f"quote {quote.quote}: its answer was withdrawn on {withdrawal.at[:10]}; nothing of it can be released any more")
    found = turn.standing(RELEASE, quote.quote)
    return _read(found) if found else None


def _record(turn: Turn, quote: Quoted, ruling: Ruling, who: str) -> Verdict:
    return Verdict(_read(turn.record(RELEASE, quote.quote, ruling.model_dump_json(), who)), True)


def _read(decision: Decision) -> Standing:
    return Standing(ruling_of(decision.value), decision.who, decision.at, decision.number)


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Span(start, end) for start, end in joined)


def _person(who: str) -> str:
    tidy = " ".join(who.split())
    if not any(letter.isalnum() for letter in tidy) or len(tidy) > LONGEST_WHO or _unseen(tidy, frozenset()):
        raise StoreError(f"say who decides, in at most {LONGEST_WHO} characters that can be seen: the name stands beside the decision")
    return tidy


def _same_person(one: str, other: str) -> bool:
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    """Return a name without what makes no other person: case, accents, signs between the letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _unseen(text: str, allowed: frozenset[str]) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in text if letter not in allowed)
