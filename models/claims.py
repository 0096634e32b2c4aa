"""Claims: which actor acts by which mechanism on which right within a passage.

A passage is cut into clauses. What is done in a clause is laid to the one who is named in it, before it in the active voice, after a
"by" in the passive; a clause that names nobody goes on about whoever the one before it was about. A right belongs to the act of its
clause that it fits. Where the words leave it open, the likelier of two links is taken; no link is made for the chance meeting of two
codes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.coding import Claim, Span
from models.doers import Key, Scene
from models.links import known_links
from models.reading import Reading
from models.selection import Picks

_NEVER = 0.1  # the support of a link that no place speaks for
_OPEN = 0.4  # the support of every link of a code that has no place of its own
_ACTS = 0.4  # weight of what is known at large of an actor's mechanisms, against the places
_TOUCHES = 1.0  # and of a mechanism's rights
_TOGETHER = 1.0  # log-odds that a right gains by standing in a clause of the act
_MARGIN = 1.0  # log-odds below the likeliest link of a code, within which another one counts too
_CLOSE = 0.3  # the same for a code that stands nowhere: nothing but the kind of the codes speaks for its links
_BUSY = 1.0  # log-odds that a mechanism that stands nowhere loses with an actor who has one already
_LEAST = -2.5  # log-odds from which an act that touches no right is given the likeliest

_TOWARDS = {"support": "encouraged", "oppose": "discouraged"}


@dataclass(frozen=True, order=True)
class _Act:
    actor: str
    mechanism: str | None


def claims(reading: Reading, picks: Picks, mode: str, direction: str, effect: str) -> tuple[Claim, ...]:
    """Return one claim for each link that the passage makes between an actor, a mechanism and a right.

    Every actor acts by some mechanism and every mechanism is somebody's, as far as there are any; an act that touches no right is a
    claim without one. ``mode``, ``direction`` and ``effect`` are those of the whole passage; where it speaks of several mechanisms, a
    claim has those of its own.
    """
    actors, mechanisms, rights = (sorted(picks.get(facet, {})) for facet in ("actor", "mechanism", "right"))
    if not actors:
        return ()
    scene = Scene(reading, picks)
    support = _Support(scene, actors)
    acts = _acts(actors, mechanisms, support)
    values = _Values(reading, scene, (mode, direction, effect), several=len(mechanisms) > 1)
    return tuple(
        Claim(act.actor, act.mechanism, right, *values.of(act, support.clauses(act, right)), support.spans(act, right, picks))
        for act, touched in _touched(acts, rights, support).items()
        for right in touched or (None,)
    )


class _Support:
    """How far the places of mechanisms and rights speak for each actor, and in which clauses they do."""

    def __init__(self, scene: Scene, actors: Sequence[str]) -> None:
        self._scene = scene
        self._shares: dict[tuple[Key, str], float] = {}
        self._clauses: dict[tuple[Key, str], set[int]] = defaultdict(set)
        for key, found in scene.where.items():
            if key[0] == "actor":
                continue
            for actor in actors:
                self._shares[key, actor] = _NEVER if found and scene.where["actor", actor] else _OPEN
            total = sum(found.values())
            for place, weight in found.items():
                for actor, part in scene.doers(place).items():
                    self._shares[key, actor] += weight * part / total
                    self._clauses[key, actor].add(scene.clauses.of(place))

    def placed(self, key: Key) -> bool:
        """Tell whether a code stands anywhere but in the passage as a whole."""
        return bool(self._scene.where[key])

    def of(self, key: Key, actor: str) -> float:
        """Return the log-odds that the places of a code lend to its link with an actor."""
        return math.log(self._shares[key, actor])

    def together(self, act: _Act, right: str) -> bool:
        """Tell whether a right stands in a clause of the act."""
        mechanism = ("mechanism", act.mechanism or "")
        return not self._clauses[mechanism, act.actor].isdisjoint(self._clauses[("right", right), act.actor])

    def clauses(self, act: _Act, right: str | None) -> frozenset[int]:
        """Return the clauses that tell of an act and of the right it touches."""
        keys = (("mechanism", act.mechanism), ("right", right))
        return frozenset(clause for facet, code in keys if code for clause in self._clauses[(facet, code), act.actor])

    def spans(self, act: _Act, right: str | None, picks: Picks) -> tuple[Span, ...]:
        """Return the spans of a claim's codes in its own clauses; all those of a code that has none there."""
        told = self.clauses(act, right)
        found: set[Span] = set()
        for facet, code in (("actor", act.actor), ("mechanism", act.mechanism), ("right", right)):
            spans = picks[facet][code].spans if code else ()
            found.update([span for span in spans if self._scene.clause(span) in told] or spans)
        return tuple(sorted(found))


def _acts(actors: Sequence[str], mechanisms: Sequence[str], support: _Support) -> list[_Act]:
    """Return who acts by which means: of each mechanism the likeliest actors, for an actor left over the likeliest mechanism."""
    if not mechanisms:
        return [_Act(actor, None) for actor in actors]
    known = known_links().mechanisms
    odds = {
        _Act(actor, mechanism): support.of(("mechanism", mechanism), actor) + _ACTS * known.lift(actor, mechanism)
        for actor in actors
        for mechanism in mechanisms
    }
    made: set[_Act] = set()
    # Those that stand somewhere first: one that stands nowhere is more likely the means of an actor who has none yet.
    for mechanism in sorted(mechanisms, key=lambda code: not support.placed(("mechanism", code))):
        placed = support.placed(("mechanism", mechanism))
        busy = {act.actor for act in made}
        own = {act: value - _BUSY * (not placed and act.actor in busy) for act, value in odds.items() if act.mechanism == mechanism}
        made |= _likely(own, _MARGIN if placed else _CLOSE)
        if placed:  # what two who are named together do is done by both, whatever is likely of either
            best = max(support.of(("mechanism", mechanism), actor) for actor in actors)
            made |= {act for act in own if support.of(("mechanism", mechanism), act.actor) >= best}
    for actor in actors:
        if not any(act.actor == actor for act in made):
            made |= _likely({act: value for act, value in odds.items() if act.actor == actor}, margin=0)
    return sorted(made)


def _touched(acts: Sequence[_Act], rights: Sequence[str], support: _Support) -> dict[_Act, list[str]]:
    """Return the rights that each act touches: of each right the likeliest acts, for an act left over the likeliest right."""
    known = known_links().rights
    odds = {
        right: {
            act: support.of(("right", right), act.actor)
            + _TOUCHES * known.lift(act.mechanism or "", right)
            + _TOGETHER * support.together(act, right)
            for act in acts
        }
        for right in rights
    }
    likely = {right: _likely(odds[right], _MARGIN if support.placed(("right", right)) else _CLOSE) for right in rights}
    touched = {act: [right for right in rights if act in likely[right]] for act in acts}
    for act, own in touched.items():
        best = max(rights, key=lambda right: odds[right][act], default=None)
        if not own and best is not None and odds[best][act] >= _LEAST:
            own.append(best)
    return touched


def _likely(odds: Mapping[_Act, float], margin: float) -> set[_Act]:
    best = max(odds.values())
    return {act for act, value in odds.items() if value >= best - margin}


class _Values:
    """The single values of claims, from those of the passage and from what the claims' own clauses tell otherwise."""

    def __init__(self, reading: Reading, scene: Scene, passage: tuple[str, str, str], *, several: bool) -> None:
        self._mode, self._direction, self._effect = passage
        self._several = several
        self._told: dict[int, set[str]] = defaultdict(set)
        for match in (*reading.signals(*_TOWARDS), *reading.of("effect", strength="strong")):
            self._told[scene.clause(match.span)].add(match.code)
        self._effects = {"improves", "harms"} & set().union(*self._told.values())

    def of(self, act: _Act, clauses: frozenset[int]) -> tuple[str, str, str]:
        """Return mode, direction and effect of an act that is told in some clauses."""
        if not self._several:
            return self._mode, self._direction, self._effect
        told = set().union(*(self._told.get(clause, ()) for clause in clauses))
        usual = known_links().usual
        mode = usual.get(("mode", act.mechanism or ""), self._mode)
        return mode, self._towards(usual.get(("direction", act.mechanism or "")), told), self._for_people(told)

    def _towards(self, usual: str | None, told: set[str]) -> str:
        if usual == "not_stated":
            return usual
        if self._direction != "both":
            return self._direction
        said = [_TOWARDS[sign] for sign in _TOWARDS if sign in told]
        return said[0] if len(said) == 1 else usual or self._direction

    def _for_people(self, told: set[str]) -> str:
        said = told & self._effects
        return next(iter(said)) if self._effect == "mixed" and len(self._effects) > 1 and len(said) == 1 else self._effect
