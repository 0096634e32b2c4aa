"""Persons named in a text in Latin letters, and tokens that look like a name without surely being one.

A run of capitals is a person's name by what it is made of (lists of names), by what stands beside it (titles, callings, "my name is",
an age, what only persons do) or because a pipeline says so. It is none where it holds a word of an institution, is a company, a country,
a region or a big city, or is on the list of public figures. What none of this tells is name-like: a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from models.capitals import MOST_WORDS, Token, runs, tokens, trimmed
from models.coding import Span
from models.entities import Entity
from models.folding import folded
from models.names import is_word, names
from models.public_figures import PublicFigures

_AGE = re.compile(
    r"\s(?:is|was|tiene|tenía|tem|tinha|a|avait)\s\d{1,2}\b(?![.,]\d)"
    r"|\s?(?:,\s|\()\s?(?:de |aged |âgée? de )?\d{2}(?:\s(?:anos|años|ans|years))?\s?[,)]"
)
_INITIALS = re.compile(r"(?!M\. $)(?:[A-Z]\.\s?)+$")
_JUNIOR = re.compile(r",? (?:Jr|Sr|II|III|Filho|Neto|Júnior|Hijo)\b\.?")
_AND = r"(?:,?\s(?:and|y|et|e|ou|or|with|con|avec|com)\s(?:a\s|à\s|de\s|(?:her|his|su|sa|a|o)\s[a-zà-ÿ]+\s)?|,\s)"
_AND_BEFORE, _AND_AFTER = re.compile(_AND + "$"), re.compile(_AND)
_TITLE = re.compile(r"([\w'-]+)\.?\s((?:d[aeo]s?|del|von|van|bin)\s)?$")
_OWNER = re.compile(r"'s\s(\w+)")
_APPOSITION = re.compile(
    r",\s(?!el mayor|la mayor|o maior)"
    r"(?:(?:an?|the|un[ae]?|el|la|le|o|a|uma?|my|our|his|her|mi|su|ma|mon|sa|son|notre|nuestr[oa]|minha|meu|noss[oa]|seu|sua)\s"
    r"|(?:former|then|one of the)\s|l')?((?:[\w'-]+\s?){1,3})"
)
_SITE = re.compile(r"\.\w")
_COINED = re.compile(r"^(?!Ma?c[A-Z]|D[ei][A-Z]|La[A-Z]|Le[A-Z]).*[a-z][A-Z]")  # "NagaWorld" is no person, "McKay" may be one
_PRONOUN = re.compile(r"[^.!?;]{0,30}\b(?:her|his|she|he|him|ella|él)\b")
_AMPERSAND = re.compile(r"\s?&\s?[A-ZÀ-Þ]")
_LONGEST = 4  # words after the first in a company's or a country's name
_APART = 7  # code points between a given name and a surname without capitals: a blank and "de la"
_NEAR = 48  # code points before a run that are searched for what introduces it


@dataclass(frozen=True)
class Named:
    """What a text names: persons to mask, stretches that only look like a name, and public figures, who stay."""

    persons: tuple[Span, ...]
    name_like: tuple[Span, ...]
    public: tuple[Span, ...]


class Reading:
    """The names in one text; ``doubts`` where a pipeline could tell more."""

    def __init__(self, text: str, figures: PublicFigures, language: str | None = None) -> None:
        self._text = text
        self._key = folded(text)
        self._figures = figures
        self._language = language
        self._persons: list[Span] = []
        self._public: list[Span] = []
        self._unsure: list[list[Token]] = []
        self._tokens = tuple(tokens(text, self._key))
        self._loud = sum(token.loud for token in self._tokens) > len(self._tokens) / 2
        for run in runs(text, list(self._without_others())):
            self._read(run)
        self._read_small_letters()

    @property
    def doubts(self) -> list[Span]:
        """The runs of capitals that are told neither to be a person nor to be none."""
        return [_span(run) for run in self._unsure]

    def named(self, entities: Sequence[Entity] = ()) -> Named:
        """Return what the text names, with what a pipeline saw in it."""
        unsure = []
        for run in self._unsure:
            seen = {each.kind for each in entities if each.start < run[-1].end and run[0].start < each.end}
            if ("person" in seen and self._may_be_person(run)) or (
                (len(run) > 1 or not (seen or run[0].opens)) and self._stands_alone(run)
            ):
                self._persons.append(_span(run))
            elif not seen or (len(run) == 1 and not self._located(run)):
                unsure.append(_span(run))
        self._join(self._unsure)
        persons = sorted({*self._persons, *self._again()})
        masked = self._marked(persons)
        rest = [span for span in unsure if not any(masked[span.start : span.end])]
        return Named(tuple(persons), tuple(rest), tuple(self._public))

    def _without_others(self) -> Iterator[Token]:
        """Leave out the words of companies, countries and regions of several words ("São Paulo", "Côte d'Ivoire", "Johnny & Sons")."""
        others, place = names().others, 0
        while place < len(self._tokens):
            token = self._tokens[place]
            for last in range(min(place + _LONGEST, len(self._tokens) - 1) * token.capital, place, -1):
                if " ".join(self._key[token.start : self._tokens[last].end].replace(".", " ").split()) in others:
                    place = last
                    break
            else:
                if not _AMPERSAND.match(self._text, token.end):
                    yield token
            place += 1

    def _read(self, run: list[Token]) -> None:
        """Judge a run of capitals: titles in it part what is before from the person after."""
        lists = names()
        if self._is_public(run):
            self._public.append(_span(run))
            return
        titles = (n for n, token in enumerate(run) if token.key in lists.ranks and not (n and len(token.key) == 1))
        place = max(titles, default=-1)
        if place == len(run) - 1 and (place > 0 or self._titled(run)):
            place = -1  # a title in the place of a name is one: "Colonel Major"
        titled = place >= 0
        before = run[:place] if titled else []
        run = run[place + 1 :]
        for part in trimmed(before):
            self._judge(part, titled=self._titled(part), introduced=self._introduced(part))
        while len(run) > 1 and self._only_opens(run[0]):
            run = run[1:]
        while run and run[-1].key in lists.particles and not run[-1].capital:
            run = run[:-1]
        if run:
            titled = titled or self._titled(run)
            self._judge(run, titled=titled, introduced=titled or self._introduced(run))

    def _only_opens(self, token: Token) -> bool:
        """Tell whether a word has its capital from beginning a sentence ("Last", "Según")."""
        lists = names()
        if not token.opens or len(token.key) == 1 or token.key in lists.given:
            return False
        return self._is_word(token) or token.key in lists.particles

    def _judge(self, run: list[Token], *, titled: bool, introduced: bool) -> None:
        lists = names()
        words = [token for token in run if token.capital or token.key not in lists.particles]
        keys = [token.key for token in words]
        if self._is_public(run):
            self._public.append(_span(run))
        elif self._loud and len(run) > 1 and all(token.loud for token in words):
            self._read_loud(words)
        elif titled and not set(keys) & lists.institutions:
            self._persons.append(self._whole(run))
        elif self._is_institution(keys) or self._is_other(keys):
            if introduced and len(keys) > 1 and keys[0] in lists.given:
                self._persons.append(_span(run))
            else:
                self._read_inside(words)
        elif self._tells_person(words, introduced):
            self._persons.append(self._whole(run))
        elif not (len(words) == 1 and (words[0].loud or (words[0].opens and self._is_word(words[0])))) and not all(
            self._common(token) for token in words
        ):
            self._unsure.append(run)

    def _read_loud(self, words: list[Token]) -> None:
        """Find the names in a text that is all capitals: words of names side by side, a given name among them."""
        lists = names()
        for is_name, group in groupby(words, key=lambda token: token.key in lists.persons or not self._common(token)):
            side_by_side = list(group)
            if is_name and len(side_by_side) > 1 and any(token.key in lists.given for token in side_by_side):
                self._persons.append(_span(side_by_side))

    def _read_inside(self, words: list[Token]) -> None:
        """Find a full name inside a run that also holds other capitals ("Negros Oriental Congressman Ana Pérez")."""
        lists = names()
        for one, other in pairwise(words):
            if {one.key, other.key} <= lists.plain and one.key in lists.given and other.key in lists.surnames:
                self._persons.append(Span(one.start, other.end))

    def _tells_person(self, words: list[Token], introduced: bool) -> bool:
        lists = names()
        keys = [token.key for token in words]
        given = [key in lists.given for key in keys]
        surname = [key in lists.surnames for key in keys]
        sure = [(one or other) and key not in lists.ambiguous for key, one, other in zip(keys, given, surname, strict=True)]
        if len(words) == 1:
            if words[0].loud and not self._loud:
                return False
            pronoun = not self._is_word(words[0]) and _PRONOUN.match(self._text, words[0].end) is not None
            owner = _OWNER.match(self._key, words[0].end)
            owns = owner is not None and owner[1] in lists.belongings and not words[0].opens
            called = introduced and not words[0].opens and keys[0] not in lists.institutions and self._called(words[0].start)
            return sure[0] or called or ((introduced or pronoun or owns) and not self._common(words[0]))
        if introduced or keys[0] in lists.callings or any(len(key) == 1 for key in keys[:-1]):
            return True
        if any(sure) and not all(self._is_word(token) and key not in lists.given for token, key in zip(words, keys, strict=True)):
            return True
        if any(given[:-1]) and any(surname[1:]):
            return True
        return self._does(words[-1].end) and not any(self._common(token) for token in words)

    def _may_be_person(self, run: list[Token]) -> bool:
        if len(run) == 1 and (run[0].loud or self._located(run)):
            return False
        return self._uncommon(run)

    def _stands_alone(self, run: list[Token]) -> bool:
        """Tell whether nothing beside several capitals of no known word says that they are a place or a business."""
        before = re.findall(r"[\w']+", self._key[max(0, run[0].start - 16) : run[0].start])
        about = before[-1] if before and self._text[run[0].start - 1] in " '’" else ""
        lists = names()
        told = about in (lists.inside if len(run) > 1 else lists.locations) or about in lists.articles or about in lists.businesses
        if told or (len(run) == 1 and (about == "of" or about in lists.particles or _SITE.match(self._text, run[0].end))):
            return False
        coined = any((token.loud and not self._loud) or _COINED.search(token.text) for token in run)
        return not coined and self._uncommon(run)

    def _uncommon(self, run: list[Token]) -> bool:
        """Tell whether a run is more than common words; where all is in capitals no word may be common."""
        common = [self._common(token) or token.key in names().particles for token in run]
        return not (any(common) if run[0].loud else all(common))

    def _join(self, runs: Sequence[list[Token]]) -> None:
        """Take for persons those who are named side by side with one ("Ana Pérez and X")."""
        ends, starts = {span.end for span in self._persons}, {span.start for span in self._persons}
        for run in runs:
            if len(run) == 1 and self._located(run):
                continue
            before = _AND_BEFORE.search(self._text[max(0, run[0].start - 24) : run[0].start])
            after = _AND_AFTER.match(self._text, run[-1].end)
            if (before and run[0].start - len(before[0]) in ends) or (after and after.end() in starts):
                self._persons.append(_span(run))

    def _located(self, run: list[Token]) -> bool:
        before = self._key[max(0, run[0].start - 12) : run[0].start].split()
        return bool(before) and before[-1] in names().locations

    def _common(self, token: Token) -> bool:
        lists = names()
        return token.key in lists.institutions or (self._is_word(token) and token.key not in lists.persons)

    def _is_institution(self, keys: Sequence[str]) -> bool:
        """Tell whether a run holds a word of an institution; a surname like one counts for nothing after a given name."""
        lists = names()
        leads = len(keys) > 1 and (keys[0] in lists.given or not self._common_key(keys[0]))
        if leads and all(key in lists.surnames or key not in lists.institutions for key in keys[1:]):
            return keys[0] in lists.institutions and not any(key in lists.surnames for key in keys[1:])
        return any(key in lists.institutions for key in keys)

    def _is_word(self, token: Token) -> bool:
        return is_word(token.text, self._language)

    def _common_key(self, key: str) -> bool:
        lists = names()
        return key in lists.institutions or key in lists.others or is_word(key, self._language)

    def _is_other(self, keys: Sequence[str]) -> bool:
        lists = names()
        whole = " ".join(keys)
        if whole in lists.others:
            return len(keys) > 1 or keys[0] not in lists.persons or keys[0] in lists.ambiguous
        if len(keys) > 1 and keys[0] in lists.plain:
            return False  # a given name, or a surname like one, before what is also a country ("Elliott Omani")
        return any(key in lists.others and key not in lists.persons for key in keys)

    def _is_public(self, run: list[Token]) -> bool:
        figures = self._figures
        keys = [token.key.replace(".", "") for token in run]
        office = names().titles | figures.offices
        for first in range(len(keys)):
            if first and (keys[first - 1] in names().persons or len(keys[first - 1]) == 1) and keys[first - 1] not in office:
                break  # "José Pedro Castillo" is somebody else
            for last in range(min(len(keys), first + MOST_WORDS), first + 1, -1):
                if " ".join(keys[first:last]) in figures.whole:
                    return True
        last_key = keys[-1]
        if all(key in names().titles or key in figures.offices for key in keys[:-1]):
            if last_key in figures.alone or " ".join(keys) in figures.alone:
                return True
            if last_key in figures.parts:
                beside = (*keys[:-1], *self._beside(run[0].start, run[-1].end))
                whole = any(name in self._key for name in figures.names if name.endswith(f" {last_key}"))
                return whole or any(office in " ".join(beside) for office in figures.offices)
        return False

    def _beside(self, start: int, end: int) -> list[str]:
        return [*self._key[max(0, start - 24) : start].split()[-2:], *re.findall(r"^(?:'s)?\s*(\w+)", self._key[end : end + 20])]

    def _titled(self, run: list[Token]) -> bool:
        lists = names()
        last = _TITLE.search(self._key, max(0, run[0].start - 24), run[0].start)
        if last is None or last[1] not in lists.titles or last[1] in lists.institutions or last[1] in lists.locations:
            return False
        return not last[2] or not self._common(run[0])

    def _called(self, start: int) -> bool:
        """Tell whether a calling or "named" stands right before, with nothing between ("el agente Puente")."""
        before = self._key[max(0, start - _NEAR) : start]
        last = re.search(r"([^\W_]+)\s$", before)
        if last is None:
            return False
        return last[1] in names().callings or any(before.rstrip().endswith(f" {phrase}") for phrase in names().introductions)

    def _introduced(self, run: list[Token]) -> bool:
        """Tell whether what stands beside a run makes it a person's name."""
        lists = names()
        start, end = run[0].start, run[-1].end
        before = self._key[max(0, start - _NEAR) : start].rstrip(" \"'“«(")
        last = re.search(r"([\w'-]+)\.?(,?)$", before)
        if last is not None:
            if last[1] in lists.particles:
                last = re.search(r"([\w'-]+)\.?(,?)\s[\w']+$", before) or last
            said = {last[1], *re.split("[-']", last[1])}
            if (said & lists.titles and not last[2] and last[1] not in lists.locations) or said & lists.callings:
                return True
            if any(before.endswith(phrase) and not before[: -len(phrase)][-1:].isalnum() for phrase in lists.introductions):
                return True
        elif any(before.endswith(phrase) for phrase in lists.introductions if not phrase[-1].isalnum()):
            return True
        if _AGE.match(self._text, end):
            return True
        after = _APPOSITION.match(self._key, end)
        return after is not None and any(word in lists.callings for word in after[1].split())

    def _does(self, end: int) -> bool:
        after = self._key[end : end + 24].lstrip()
        return any(after.startswith(deed) and not after[len(deed) :][:1].isalnum() for deed in names().deeds)

    def _whole(self, run: list[Token]) -> Span:
        end = run[-1].end
        start = self._with_particles(run[0].start)
        initials = _INITIALS.search(self._text[max(0, start - 12) : start])
        junior = _JUNIOR.match(self._text, end)
        return Span(start - len(initials[0]) if initials else start, junior.end() if junior else end)

    def _with_particles(self, start: int) -> int:
        """Return where a name begins whose first word is a small one ("Sra. da Mota")."""
        particle = re.search(r"(?:\b(?:da|do|dos|das|de la|del|van|von|der|bin|al|el|di)\s)+$", self._text[max(0, start - 12) : start])
        if particle is None:
            return start
        before = re.search(r"(\w+)\.?\s$", self._key[max(0, start - 36) : start - len(particle[0])])
        return start - len(particle[0]) if before is not None and before[1] in names().titles else start

    def _marked(self, spans: Sequence[Span]) -> bytearray:
        marks = bytearray(len(self._text))
        for span in spans:
            marks[span.start : span.end] = b"\1" * (span.end - span.start)
        return marks

    def _again(self) -> Iterator[Span]:
        """Find the parts of the persons' names where they stand alone."""
        lists = names()
        masked, public = self._marked(self._persons), self._marked(self._public)
        known = {
            token.key
            for token in self._tokens
            if masked[token.start]
            and len(token.key) > 2
            and token.key not in lists.particles
            and token.key not in lists.institutions
            and (token.key not in lists.ambiguous or token.key in lists.surnames)
        }
        for token in self._tokens:
            if token.capital and token.key in known and not masked[token.start] and not public[token.start]:
                yield Span(token.start, token.end)

    def _read_small_letters(self) -> None:
        """Find names without a capital: a given name and a surname that are nothing else, side by side."""
        lists = names()
        words = [token for token in self._tokens if token.key not in lists.particles]
        for one, other in pairwise(words):
            if one.capital or other.capital or not 0 < other.start - one.end <= _APART or self._known_word(one):
                continue
            if one.key in lists.given and one.key not in lists.ambiguous and other.key in lists.surnames and other.key not in lists.roles:
                self._persons.append(Span(one.start, other.end))

    def _known_word(self, token: Token) -> bool:
        return token.key in names().roles or token.key in names().words


def _span(run: Sequence[Token]) -> Span:
    return Span(run[0].start, run[-1].end)
