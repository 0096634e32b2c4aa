"""The facets with one value: simple rules over cues, signals and the picked sets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from models.coding import Code, Span
from models.cues import Match
from models.normalisation import fold
from models.reading import Reading, spans
from models.selection import THROUGH_POLICY, Picks

SHORT = 14  # words: beyond it a text says more than that it has nothing to say
TINY = 5  # words: up to it a text that holds no cue says nothing
PLAIN = 40  # words: a longer text that denies something also tells something
TAKE_INFLUENCE = 0.55  # most passages that reach a coder are on influence
#: Alone, it answers the question that is asked: have they had an influence?
FLAT_NO = frozenset({"no", "nope", "nao", "non", "아니오", "아니요", "아뇨"})
NEAR = 8  # words between a verb and the policy it is about

#: Impact through the state, or direct; of the mechanisms in neither, the direction tells.
PASSIVE = THROUGH_POLICY | {"corruption"}
ACTIVE = frozenset({"labour_practices", "land_resources", "environment", "security_violence", "access_pricing", "misinformation"})
#: Mechanisms that are about what the state decides, so that a direction is supposed, and those with which it may be said.
ON_POLICY = THROUGH_POLICY | {"litigation"}
ABOUT_POLICY = frozenset({*ON_POLICY, "corruption", "public_advocacy", "investment_leverage", "supply_chain", "inaction"})
DELIBERATE = frozenset({"lobbying", "political_finance", "litigation", "public_advocacy", "security_violence", "investment_leverage"})
WITH_STATE = frozenset(
    {"lobbying", "political_finance", "corruption", "advice_conditionality", "surveillance_censorship", "misinformation", "inaction"}
)
BENEFICIAL = frozenset({"public_advocacy"})


def decided(facet: str, code: str, confidence: float, places: Sequence[Span] = ()) -> Code:
    """Return a single value: by rule where some words decided it, by default where none did."""
    return Code(facet, code, confidence, "rule" if places else "default", tuple(places), confidence < 0.5)


def relevance(reading: Reading) -> Code:
    """Say whether the passage tells of a private actor's part, denies one, says nothing, or speaks of something else."""
    if fold(reading.passage.text).strip(" .!…") in FLAT_NO:
        return decided("relevance", "no_influence", 0.7, reading.whole)
    silent = _non_substantive(reading)
    if silent is not None:
        return silent
    denial = _no_influence(reading)
    if denial is not None:
        return denial
    return _influence(reading)


def _non_substantive(reading: Reading) -> Code | None:
    # Articles are no words to the matchers: a lone "a" has a letter and nothing to read.
    if not reading.words.starts or not any(c.isalpha() for c in reading.passage.text):
        return decided("relevance", "non_substantive", 0.97, reading.whole)
    if len(reading.words) > SHORT or reading.of("actor", strength="strong"):
        return None
    cues = reading.of("relevance", "non_substantive")
    covered = {i for m in cues for i in range(m.first, m.last)}
    share = len(covered) / len(reading.words)
    if share >= 0.3 and (share > 0.6 or not _says_something(reading)):
        return Code("relevance", "non_substantive", round(0.55 + 0.4 * share, 3), "cue", spans(cues))
    if len(reading.words) <= TINY and not _says_something(reading):
        return decided("relevance", "non_substantive", 0.55, reading.whole)
    return None


def _says_something(reading: Reading) -> bool:
    told = any(reading.of(facet) for facet in ("actor", "mechanism", "right", "labour", "people_at_risk", "industry"))
    return (
        told or bool(reading.signals("state", "workplace", "law_says")) or bool(reading.of("relevance", "no_influence", strength="strong"))
    )


def _no_influence(reading: Reading) -> Code | None:
    cues = reading.of("relevance", "no_influence", strength="strong")
    if cues:
        return Code("relevance", "no_influence", 0.8, "cue", spans(cues))
    actors = reading.of("actor") + reading.of("relevance", "influence")
    if not actors or len(reading.words) > PLAIN or reading.of("mechanism", strength="strong"):
        return None
    unknown = reading.signals("unknown")
    none = [n for n in reading.signals("none") if reading.after(n, actors, 3)]
    if unknown or none:
        return decided("relevance", "no_influence", 0.65 if unknown else 0.55, spans([*unknown, *none]))
    return None


def _influence(reading: Reading) -> Code:
    """Weigh what speaks for a private actor's part against what speaks of the state and its laws alone (rules 1, 3, 13, 14)."""
    actors = reading.of("actor", strength="strong")
    at_work = [*reading.of("actor", strength="weak"), *reading.signals("workplace")]
    laws = reading.signals("law_says")
    under_law = {reading.sentence(law) for law in laws}
    breaches = [b for b in reading.signals("breach") if reading.sentence(b) not in under_law]
    acting = {reading.sentence(m) for m in [*actors, *at_work]}
    acts = [b for b in breaches if reading.sentence(b) in acting]
    state = reading.signals("state")
    state_leads = bool(state) and _first(state) < _first([*actors, *at_work])
    told = reading.of("relevance", "influence", strength="strong")
    labour = reading.of("labour", strength="strong")
    corporate = reading.of("responsibility", "corporate", strength="strong")
    moves = _moves_policy(reading)
    named = {reading.sentence(m) for m in reading.of("actor", strength="weak")}
    done = [
        m for m in reading.of("mechanism", strength="strong") if not actors and not state_leads and reading.sentence(m) in named - under_law
    ]
    odds = (
        -0.2
        + 1.5 * bool(actors)
        + 0.7 * bool(acts)
        + 0.55 * bool(told)
        + 0.55 * bool(labour)
        + 0.5 * bool(corporate)
        + 0.9 * bool(moves)
        + 0.5 * bool(done)
        - 0.3 * bool(laws)
        - 1.5 * any(reading.sentence(actor) in under_law for actor in actors if not moves)
        - 0.8 * state_leads
    )
    probability = 1 / (1 + math.exp(-odds))
    if probability >= TAKE_INFLUENCE:
        return decided("relevance", "influence", round(probability, 3), spans([*actors, *acts, *moves, *told, *labour]))
    return decided("relevance", "off_topic", round(1 - probability, 3), spans([*state, *laws]))


def _moves_policy(reading: Reading) -> list[Match]:
    """Verbs by which an actor named before them in the sentence works for or against a policy: what the survey asks about."""
    named: dict[int, int] = {}  # sentence -> the word by which its first actor is named
    for actor in reading.of("actor"):
        sentence = reading.sentence(actor)
        named[sentence] = min(actor.last, named.get(sentence, actor.last))
    verbs = _towards(reading, [*reading.signals("support"), *reading.signals("oppose")], reading.signals("policy"))
    return [verb for verb in verbs if named.get(reading.sentence(verb), math.inf) <= verb.first]


def _first(matches: Sequence[Match]) -> float:
    return min((match.first for match in matches), default=math.inf)


def mode(reading: Reading, picks: Picks, towards: Code) -> Code:
    """Direct impact, impact through the state, or both: told from cues and mechanisms, and from the direction where they do not tell."""
    mechanisms = picks.get("mechanism", {})
    direct = [c for m, c in mechanisms.items() if m in ACTIVE and not c.review]
    through = [c for m, c in mechanisms.items() if m in PASSIVE and not c.review]
    said_direct = reading.of("mode", "active", strength="strong")
    said_through = reading.of("mode", "passive", strength="strong")
    if said_through and not said_direct and not direct:
        return decided("mode", "passive", 0.75, spans(said_through))
    if "litigation" in mechanisms or (direct and (through or said_through)):
        return decided("mode", "both", 0.45, (*_places([*direct, *through]), *spans(said_through)))
    if through:
        return decided("mode", "passive", 0.75, _places(through))
    if direct or said_direct:
        return decided("mode", "active", 0.85, _places(direct) or spans(said_direct))
    if towards.code != "not_stated":
        return decided("mode", "passive", 0.5, towards.spans)
    return decided("mode", "active", 0.45)


def direction(reading: Reading, picks: Picks) -> Code:
    """Encouraged or discouraged a policy: from verbs and the policy near them."""
    mechanisms = picks.get("mechanism", {})
    policies = reading.signals("policy")
    upon = [c for m, c in mechanisms.items() if m in ON_POLICY and not c.review]
    about = any(m in ABOUT_POLICY for m in mechanisms)
    moves = frozenset(_moves_policy(reading))
    against = [v for v in _towards(reading, reading.signals("oppose"), policies) if about or v in moves]
    towards = [v for v in _towards(reading, reading.signals("support"), policies) if about or v in moves]
    discouraged = [*reading.of("direction", "discouraged", strength="strong"), *against]
    encouraged = [*reading.of("direction", "encouraged", strength="strong"), *towards]
    if discouraged and upon:
        return decided("direction", "discouraged", 0.6, spans(discouraged))
    if upon:
        return decided("direction", "encouraged", 0.6, spans(encouraged) or _places(upon))
    if (about or moves) and discouraged:
        return decided("direction", "discouraged", 0.45, spans(discouraged))
    if (about or moves) and encouraged:
        return decided("direction", "encouraged", 0.45, spans(encouraged))
    return decided("direction", "not_stated", 0.85)


def _towards(reading: Reading, verbs: Sequence[Match], policies: Sequence[Match]) -> list[Match]:
    """Return the verbs that a policy follows, in Korean also precedes, by a few words of the same sentence."""
    begins = {(reading.sentence(policy), policy.first) for policy in policies}
    ends = {(reading.sentence(policy), policy.last) for policy in policies} if reading.passage.language == "ko" else set()
    return [
        verb
        for verb in verbs
        if any((reading.sentence(verb), verb.last + n) in begins or (reading.sentence(verb), verb.first - n) in ends for n in range(NEAR))
    ]


def effect(reading: Reading, picks: Picks) -> Code:
    """What it means for people's rights: harm is what respondents report, unless the words say otherwise."""
    good = reading.of("effect", "improves", strength="strong")
    bad = reading.of("effect", "harms", strength="strong")
    mixed = reading.of("effect", "mixed", strength="strong")
    mechanisms = picks.get("mechanism", {})
    if mixed and not bad:
        return decided("effect", "mixed", 0.5, spans(mixed))
    if good and bad and reading.signals("contrast"):
        return decided("effect", "mixed", 0.4, spans([*good, *bad]))
    if good and not bad:
        return decided("effect", "improves", 0.45, spans(good))
    if mechanisms and mechanisms.keys() <= BENEFICIAL and not bad:
        return decided("effect", "improves", 0.45, _places(mechanisms.values()))
    return decided("effect", "harms", 0.88 if bad else 0.7, spans(bad))


def responsibility(reading: Reading, picks: Picks) -> Code:
    """State, corporate, or joint: joint where the state owns the actor, takes part or lets it pass."""
    owned = picks.get("actor", {}).get("state_owned_enterprise")
    if owned is not None and not owned.review:
        return decided("responsibility", "joint", 0.9, owned.spans)
    joint = reading.of("responsibility", "joint", strength="strong")
    if joint:
        return decided("responsibility", "joint", 0.85, spans(joint))
    with_state = [c for m, c in picks.get("mechanism", {}).items() if m in WITH_STATE and not c.review]
    if with_state:
        return decided("responsibility", "joint", 0.7, _places(with_state))
    corporate = reading.of("responsibility", "corporate", strength="strong")
    if corporate:
        return decided("responsibility", "corporate", 0.7, spans(corporate))
    state = reading.signals("state")
    if state:
        return decided("responsibility", "joint", 0.65, spans(state))
    return decided("responsibility", "corporate", 0.7)


def awareness(reading: Reading, picks: Picks) -> Code:
    """Knowing only for what cannot be done by accident (rule 5)."""
    unaware = reading.of("awareness", "unaware", strength="strong")
    if unaware:
        return decided("awareness", "unaware", 0.55, spans(unaware))
    knowing = reading.of("awareness", "knowing", strength="strong")
    if knowing:
        return decided("awareness", "knowing", 0.75, spans(knowing))
    deliberate = [c for m, c in picks.get("mechanism", {}).items() if m in DELIBERATE]
    if deliberate:
        return decided("awareness", "knowing", 0.65, _places(deliberate))
    return decided("awareness", "unclear", 0.65)


def _places(codes: Iterable[Code]) -> tuple[Span, ...]:
    return tuple(sorted({place for code in codes for place in code.spans}))


def single_values(reading: Reading, picks: Picks) -> dict[str, Code]:
    """Return the best value of every facet that takes one."""
    towards = direction(reading, picks)
    return {
        "relevance": relevance(reading),
        "mode": mode(reading, picks, towards),
        "direction": towards,
        "effect": effect(reading, picks),
        "responsibility": responsibility(reading, picks),
        "awareness": awareness(reading, picks),
    }
