"""The facets that may hold several codes: what cues and likeness pick, and what one pick implies for another.

What implies what is known of the shipped codebook's facets. Of another codebook's, cues and likeness alone are read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from models.coding import Code, Span
from models.reading import HOME, Reading, spans

if TYPE_CHECKING:
    from taxonomy import Codebook, Facet

Picks = dict[str, dict[str, Code]]  # facet -> code -> what is said of it

IMPLIED, NAMED, GUESS = 0.6, 0.85, 0.3
REVIEW_BELOW = 0.5


@dataclass(frozen=True)
class Weights:
    """What each kind of evidence adds to the log-odds of a code, and the probability from which the code is taken."""

    bias: float
    strong: float  # a strong cue stands in the passage
    more_strong: float  # each further one, two at most
    weak: float
    more_weak: float
    likeness: float  # times the log-odds of the likeness
    likest: float  # the code is the one that the passage resembles most
    take: float


#: Fitted by logistic regression on coded passages that are free to use, all codes of a facet together.
WEIGHTS = {
    "actor": Weights(-3.33, 4.15, 0.89, 2.49, 0.73, 0.26, 0.38, 0.3),
    "origin": Weights(-0.61, 3.59, 0.25, 0.58, 0.06, 0.84, -0.29, 0.4),
    "industry": Weights(-3.99, 5.3, 0.36, 2.0, 0.45, 0.42, 0.21, 0.3),
    "mechanism": Weights(-2.31, 3.39, 1.19, 1.45, 1.25, 0.72, 0.13, 0.32),
    "right": Weights(-2.85, 3.53, 1.0, 2.02, 0.62, 0.67, 0.4, 0.32),
    "labour": Weights(-1.97, 4.12, 0.47, 2.34, 0.45, 1.37, 0.21, 0.33),
    "people_at_risk": Weights(-3.83, 4.87, 1.42, 2.12, 1.09, 0.87, 0.64, 0.3),
}
#: For a facet that nobody has fitted any for: the mean of those that are.
UNFITTED = Weights(*(round(sum(each) / len(WEIGHTS), 2) for each in zip(*map(astuple, WEIGHTS.values()), strict=True)))

#: Mechanisms by which an actor works on what the state decides.
THROUGH_POLICY = frozenset({"lobbying", "political_finance", "advice_conditionality"})

_INDUSTRY_OF_ACTOR = {"bank": "finance", "investor": "finance", "ifi": "finance"}
_ORIGIN_OF_ACTOR = {"state_owned_enterprise": "domestic", "ifi": "foreign"}
_RIGHTS_OF_LABOUR = {"association_bargaining": ("assembly", "work")}
_RIGHTS_OF_MECHANISM = {
    "labour_practices": "work",
    "corruption": "participation",
    "political_finance": "participation",
    "lobbying": "participation",
    "surveillance_censorship": "expression",
    "misinformation": "expression",
    "land_resources": "land",
    "environment": "environment",
    "security_violence": "torture",
}
_MECHANISM_OF_ACTOR = {
    "ifi": "advice_conditionality",
    "economic_advisor": "advice_conditionality",
    "lobby": "lobbying",
    "investor": "investment_leverage",
}


def select(reading: Reading, codebook: Codebook) -> Picks:
    """Return the codes of every facet with many values; none that the codebook does not have."""
    facets = [facet for facet in codebook.facets if facet.values == "many"]
    picks: Picks = {facet.id: _by_evidence(reading, facet) for facet in facets}
    _actors(reading, picks)
    _industries(picks)
    _mechanisms(reading, picks)
    _rights(reading, picks)
    _origins(reading, picks)
    return {facet.id: {code.id: picks[facet.id][code.id] for code in facet.codes if code.id in picks[facet.id]} for facet in facets}


def best_value(reading: Reading, facet: Facet) -> Code:
    """Return the code of a facet of one value that cues and likeness speak for most; the first of equals."""
    return max(_weighed(reading, facet), key=lambda code: code.confidence)


def _by_evidence(reading: Reading, facet: Facet) -> dict[str, Code]:
    take = WEIGHTS.get(facet.id, UNFITTED).take
    return {code.code: code for code in _weighed(reading, facet, take)}


def _weighed(reading: Reading, facet: Facet, least: float = 0.0) -> Iterator[Code]:
    """Yield the codes of a facet that reach a confidence, with it and the words, or the whole passage, that speak for them."""
    strong: dict[str, set[Span]] = defaultdict(set)
    weak: dict[str, set[Span]] = defaultdict(set)
    for match in reading.of(facet.id):
        (strong if match.strength == "strong" else weak)[match.code].add(match.span)
    similar = reading.similar[facet.id]
    weights = WEIGHTS.get(facet.id, UNFITTED)
    likest = max(similar.values())
    for code in facet.codes:
        confidence = _probability(weights, len(strong.get(code.id, ())), len(weak.get(code.id, ())), similar[code.id], likest)
        if confidence < least:
            continue
        places = tuple(sorted(strong[code.id] | weak[code.id]))
        evidence = "cue" if places else "similarity"
        yield Code(facet.id, code.id, confidence, evidence, places or reading.whole, confidence < REVIEW_BELOW)


def _probability(weights: Weights, strong: int, weak: int, likeness: float, likest: float) -> float:
    odds = weights.bias + weights.likeness * math.log(likeness / (1 - likeness)) + weights.likest * (likeness == likest)
    if strong:
        odds += weights.strong + weights.more_strong * min(strong - 1, 2)
    if weak:
        odds += weights.weak + weights.more_weak * min(weak - 1, 2)
    return round(1 / (1 + math.exp(-odds)), 3)


def likeliest(reading: Reading, facet: str) -> Code | None:
    """Return the code that the passage resembles most, as a guess for a person to look at."""
    similar = reading.similar.get(facet, {})
    if not similar:
        return None
    code = max(similar, key=lambda c: (similar[c], c))
    return Code(facet, code, round(GUESS + 0.2 * similar[code], 3), "similarity", reading.whole, True)


def implied(facet: str, code: str, places: tuple[Span, ...], confidence: float = IMPLIED) -> Code:
    """Return a code that another one, read from these places, brings with it."""
    return Code(facet, code, confidence, "rule", places, confidence < REVIEW_BELOW)


def _add(picks: Picks, code: Code) -> None:
    if code.facet not in picks:  # of another codebook
        return
    known = picks[code.facet].get(code.code)
    if known is None or known.confidence < code.confidence:
        picks[code.facet][code.code] = code


def _actors(reading: Reading, picks: Picks) -> None:
    actors = picks.get("actor", {})
    if not actors:
        # Rule 13: an act at work presupposes an employer. Elsewhere a company is what respondents speak of most.
        places = spans(reading.signals("workplace"))
        _add(picks, implied("actor", "corporation", places or reading.whole, IMPLIED if places else GUESS))
    if len(actors) > 1:
        actors.pop("private_sector", None)


def _industries(picks: Picks) -> None:
    for actor, industry in _INDUSTRY_OF_ACTOR.items():
        if actor in picks.get("actor", {}):
            _add(picks, implied("industry", industry, picks["actor"][actor].spans))
    if len(picks.get("industry", {})) > 1:
        picks["industry"].pop("other_industry", None)


def _mechanisms(reading: Reading, picks: Picks) -> None:
    labour = picks.get("labour", {})
    # Who lobbies about wages need not pay any: there the words must speak of a practice.
    if labour and not any(mechanism in picks.get("mechanism", {}) for mechanism in THROUGH_POLICY):
        places = tuple(sorted({place for code in labour.values() for place in code.spans}))
        _add(picks, implied("mechanism", "labour_practices", places))
    if not picks.get("mechanism"):
        for actor, mechanism in _MECHANISM_OF_ACTOR.items():
            if actor in picks.get("actor", {}):
                _add(picks, implied("mechanism", mechanism, picks["actor"][actor].spans))
    if not picks.get("mechanism"):
        places = spans(reading.signals("workplace"))
        guess = implied("mechanism", "labour_practices", places) if places else likeliest(reading, "mechanism")
        if guess is not None:
            _add(picks, guess)
    if len(picks.get("mechanism", {})) > 1:
        picks["mechanism"].pop("other_mechanism", None)


def _rights(reading: Reading, picks: Picks) -> None:
    for code in list(picks.get("labour", {}).values()):
        for right in _RIGHTS_OF_LABOUR.get(code.code, ("work",)):
            _add(picks, implied("right", right, code.spans, max(IMPLIED, code.confidence)))
    mechanisms = picks.get("mechanism", {})
    if "labour_practices" in mechanisms and mechanisms["labour_practices"].confidence >= REVIEW_BELOW:
        _add(picks, implied("right", "work", mechanisms["labour_practices"].spans))
    if not picks.get("right"):
        for mechanism, right in _RIGHTS_OF_MECHANISM.items():
            if mechanism in mechanisms:
                known = mechanisms[mechanism]
                _add(picks, implied("right", right, known.spans, min(IMPLIED, known.confidence)))
    if not picks.get("right"):
        guess = likeliest(reading, "right")
        if guess is not None:
            _add(picks, guess)


def origins(reading: Reading) -> dict[str, tuple[Span, ...]]:
    """Return the origins of the companies whose home is told, and the words that tell it; none where nobody knows the country asked."""
    country = reading.passage.country
    found: dict[str, tuple[Span, ...]] = {}
    for match in reading.of(HOME) if country is not None else ():
        # An adjective that two countries share names both ("Congolese").
        origin = "domestic" if country in match.code.split() else "foreign"
        found[origin] = (*found.get(origin, ()), match.span)
    return found


def within(place: Span, others: Iterable[Span]) -> bool:
    """Say whether one of the others covers a place."""
    return any(other.start <= place.start and place.end <= other.end for other in others)


def _origins(reading: Reading, picks: Picks) -> None:
    homes = spans(reading.of(HOME))
    if homes and "origin" in picks:
        # Of what is told nothing is guessed.
        picks["origin"] = {name: code for name, code in picks["origin"].items() if code.evidence != "similarity"}
    for actor, origin in _ORIGIN_OF_ACTOR.items():
        known = picks.get("actor", {}).get(actor)
        if known is None or known.review:
            continue
        # A company of the state that is told to be another state's is no domestic one.
        places = tuple(place for place in known.spans if not within(place, homes))
        if places:
            _add(picks, implied("origin", origin, places))
    for origin, places in origins(reading).items():
        _add(picks, implied("origin", origin, places, NAMED))
