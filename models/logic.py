"""What one code of a passage implies for another, by the codebook's own rules: applied last, whatever cues and heads said.

A codebook without these facets is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models.coding import Code, Span
from models.reading import HOME, Reading, spans
from models.selection import NAMED, Picks, origins

#: An influence has somebody who acts and a way of acting: where nothing is certain, the likeliest is given.
NEVER_EMPTY = frozenset({"actor", "mechanism"})
#: A code that stands for what has no narrower one gives way to any other of its facet.
_BROADEST = {"actor": "private_sector", "industry": "other_industry", "mechanism": "other_mechanism"}
#: (facet, code) -> what comes with it: labour is a matter of work, bargaining of association too, and an IFI is in finance.
_BRINGS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("labour", "association_bargaining"): (("right", "assembly"), ("right", "work")),
    ("actor", "ifi"): (("industry", "finance"),),
}
_OF_LABOUR = ("right", "work")
_STATE_OWNED = "state_owned_enterprise"

Told = dict[str, dict[str, float]]


def settle(given: Picks, told: Told, reading: Reading, least: Mapping[str, float]) -> None:
    """Hold the codes of a passage to the rules, in place. ``least`` is the confidence from which a facet's codes are settled."""
    _homes(given, told, reading, least)
    for facet in ("labour", "actor"):
        for code in list(given.get(facet, {}).values()):
            brought = _BRINGS.get((facet, code.code), (_OF_LABOUR,) if facet == "labour" else ())
            for other, name in brought:
                _add(given, told, replace(code, facet=other, code=name, evidence=_kind(code)), least)
    for facet, broad in _BROADEST.items():
        if len(given.get(facet, {})) > 1:
            given[facet].pop(broad, None)
    _owned_by_the_state(given, told, least)


def _homes(given: Picks, told: Told, reading: Reading, least: Mapping[str, float]) -> None:
    """A company whose home is told has the origin of that home as against the country asked about.

    The heads do not know which country that is: what they alone read from the words for a home gives way.
    """
    found, homes = origins(reading), spans(reading.of(HOME))
    for name, code in list(given.get("origin", {}).items()):
        if name not in found and code.evidence == "model" and any(h.start < p.end and p.start < h.end for h in homes for p in code.spans):
            del given["origin"][name]
            told.get("origin", {}).pop(name, None)
    for origin, places in found.items():
        _add(given, told, Code("origin", origin, NAMED, "rule", places), least)


def _owned_by_the_state(given: Picks, told: Told, least: Mapping[str, float]) -> None:
    """For what a company of the state does, both answer (rule 4)."""
    owned = given.get("actor", {}).get(_STATE_OWNED)
    if owned is None or owned.review or "responsibility" not in given:
        return
    joint = Code("responsibility", "joint", owned.confidence, _kind(owned), owned.spans)
    given["responsibility"] = {}
    _add(given, told, joint, least)


def _kind(source: Code) -> str:
    """Words that the heads alone found stay marked as theirs when a rule hands them on."""
    return "model" if source.evidence == "model" else "rule"


def _add(given: Picks, told: Told, code: Code, least: Mapping[str, float]) -> None:
    """Add a code that another one brings: where that one is doubtful, so is what it brings, and nothing that is settled yields to it."""
    known = given.get(code.facet, {}).get(code.code)
    if code.facet not in given or (known is not None and (known.confidence >= code.confidence or known.review < code.review)):
        return
    places: tuple[Span, ...] = known.spans if known is not None else code.spans
    kind = known.evidence if known is not None else code.evidence
    doubtful = code.review or code.confidence < least.get(code.facet, 0.5)
    given[code.facet][code.code] = replace(code, spans=places, evidence=kind, review=doubtful)
    told.setdefault(code.facet, {})[code.code] = code.confidence
