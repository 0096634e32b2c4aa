"""One passage as the rules read it: its words, the cues found in it, and what it resembles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.coding import Passage, Span
from models.cues import Match
from models.normalisation import Normalised

SIGNAL = "signal"  # the facet under which words that only rules look at are matched
HOME = "home"  # the facet under which the home country of a company is matched: by its name, or by the nation it is called after


@dataclass(frozen=True)
class Reading:
    """A passage with everything that was found in it. ``similar`` holds facet -> code -> likeness, 0..1."""

    passage: Passage
    words: Normalised
    matches: Mapping[str, tuple[Match, ...]]
    similar: Mapping[str, Mapping[str, float]]

    def of(self, facet: str, *codes: str, strength: str | None = None) -> tuple[Match, ...]:
        """Return the matches of a facet, of these codes only where any are given."""
        return tuple(
            m for m in self.matches.get(facet, ()) if (not codes or m.code in codes) and (strength is None or m.strength == strength)
        )

    def signals(self, *names: str) -> tuple[Match, ...]:
        """Return the places where a signal stands."""
        return self.of(SIGNAL, *names)

    def sentence(self, match: Match) -> int:
        """Return the number of the sentence that a match begins in."""
        return self.words.sentences[match.first]

    def after(self, match: Match, others: Iterable[Match], reach: int) -> tuple[Match, ...]:
        """Return those of ``others`` that begin at most ``reach`` words after a match, in its sentence."""
        number = self.sentence(match)
        return tuple(o for o in others if 0 <= o.first - match.last < reach and self.sentence(o) == number)

    @property
    def whole(self) -> tuple[Span, ...]:
        """The span of the whole passage."""
        return (Span(0, len(self.passage.text)),) if self.passage.text else ()


def spans(matches: Iterable[Match]) -> tuple[Span, ...]:
    """Return the spans of matches, each once, in order."""
    return tuple(sorted({match.span for match in matches}))


def merged(places: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that overlap or touch joined into one."""
    joined: list[Span] = []
    for place in sorted(places):
        if joined and place.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, place.end))
        else:
            joined.append(place)
    return tuple(joined)
