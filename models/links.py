"""How often codes go together where a passage leaves no doubt: what makes one link likelier than another where the words do not tell."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("links.toml")
_PRIOR = 4.0  # cases that the general share is worth against those of a code
_LEAST = 0.01  # the share of a code that nothing was seen with
_USUAL = 0.5  # share of a mechanism's cases beyond which a value is its usual one


@dataclass(frozen=True)
class Likelihood:
    """How much likelier, as a logarithm, a second code is with a first than at large."""

    lifts: Mapping[tuple[str, str], float]
    unseen: Mapping[str, float]  # of a second code that was never seen with this first

    def lift(self, first: str, second: str) -> float:
        """Return the lift of a pair; 0 where nothing is known of the first code."""
        return self.lifts.get((first, second), self.unseen.get(first, 0.0))


@dataclass(frozen=True)
class Links:
    """What is known of links: of an actor's mechanisms, a mechanism's rights, and the single values that a mechanism usually has."""

    mechanisms: Likelihood
    rights: Likelihood
    usual: Mapping[tuple[str, str], str]  # (facet, mechanism) -> its usual value


@cache
def known_links() -> Links:
    """Return the kept counts as likelihoods."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    usual = {
        (facet, mechanism): value
        for facet in ("mode", "direction")
        for mechanism, values in table[facet].items()
        for value, cases in values.items()
        if cases > _USUAL * sum(values.values())
    }
    return Links(likelihood(table["mechanisms"]), likelihood(table["rights"]), usual)


def likelihood(counts: Mapping[str, Mapping[str, int]]) -> Likelihood:
    """Return the lifts of all pairs of counts: first code -> second code -> cases."""
    # Every first code weighs the same at large: most of what is written is about work.
    shares = [{second: cases / sum(own.values()) for second, cases in own.items()} for own in counts.values()]
    known = {second for share in shares for second in share}
    large = {second: max(sum(share.get(second, 0.0) for share in shares) / len(shares), _LEAST) for second in known}
    lifts, unseen = {}, {}
    for first, own in counts.items():
        total = sum(own.values()) + _PRIOR
        for second, at_large in large.items():
            lifts[first, second] = math.log((own.get(second, 0) + _PRIOR * at_large) / total / at_large)
        unseen[first] = math.log(_PRIOR / total)
    return Likelihood(lifts, unseen)
