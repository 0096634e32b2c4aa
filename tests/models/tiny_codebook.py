"""A codebook of a few codes and an encoder of three dimensions, for tests that need no more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taxonomy import Codebook


def _code(id: str, examples: Sequence[str] = (), parent: str | None = None, **cues: Sequence[str]) -> dict[str, Any]:
    return {
        "id": id,
        "name": {"en": id},
        "definition": f"What {id} covers.",
        "use_when": "Where it fits.",
        "parent": parent,
        "examples": [{"text": text, "language": "en", "holds": True} for text in examples],
        "cues": {"en": {key: list(words) for key, words in cues.items()}} if cues else {},
    }


def _facet(id: str, values: str, applies_to: str, *codes: dict[str, Any], groups: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "id": id,
        "name": {"en": id},
        "definition": f"Facet {id}.",
        "values": values,
        "applies_to": applies_to,
        "groups": [{"id": group, "name": {"en": group}} for group in groups],
        "codes": list(codes),
    }


@cache
def tiny_codebook() -> Codebook:
    """A codebook with every facet, each with a few of its codes, and English cues."""
    return Codebook.model_validate(
        {
            "version": "0.0.1",
            "title": "Tiny",
            "languages": ["en"],
            "facets": [
                _facet(
                    "relevance",
                    "one",
                    "all",
                    _code("influence"),
                    _code("no_influence", strong=["not aware of any influence", "no influence"]),
                    _code("non_substantive", strong=["n/a", "do not know", "no comment"]),
                    _code("off_topic"),
                ),
                _facet(
                    "actor",
                    "many",
                    "influence",
                    _code("corporation", strong=["company", "employer"]),
                    _code("bank", strong=["bank"], **{"not": ["river bank"]}),
                    _code("ifi", strong=["World Bank", "development bank"]),
                    _code("investor", strong=["investor"]),
                    _code("industry_association", strong=["chamber of commerce"]),
                    _code("state_owned_enterprise", strong=["state oil company"]),
                    _code("private_sector", strong=["private sector"]),
                ),
                _facet("origin", "many", "influence", _code("domestic", strong=["local"]), _code("foreign", strong=["foreign"])),
                _facet(
                    "industry",
                    "many",
                    "influence",
                    _code("mining", strong=["mining"]),
                    _code("finance", strong=["insurer"]),
                    _code("other_industry", strong=["circus"]),
                ),
                _facet("mode", "one", "influence", *(_code(id) for id in ("active", "passive", "both", "unclear"))),
                _facet(
                    "mechanism",
                    "many",
                    "influence",
                    _code("lobbying", ["They lobbied the ministry."], strong=["lobby", "push for"]),
                    _code("labour_practices", ["They paid no wages."], strong=["sweatshop", "dismiss"]),
                    _code("environment", ["They poisoned the river."], strong=["pollute"]),
                    _code("litigation", strong=["sue"]),
                    _code("public_advocacy", strong=["sponsor a school"]),
                    _code("advice_conditionality", strong=["austerity"]),
                    _code("investment_leverage", strong=["divest"]),
                    _code("inaction", weak=["silent", "look on"]),
                    _code("other_mechanism", strong=["something else"]),
                ),
                _facet(
                    "direction",
                    "one",
                    "influence",
                    *(_code(id) for id in ("encouraged", "discouraged", "both", "not_stated")),
                ),
                _facet(
                    "effect",
                    "one",
                    "influence",
                    _code("improves", strong=["better conditions"]),
                    _code("harms", strong=["suffer"]),
                    _code("mixed"),
                    _code("unclear"),
                ),
                _facet(
                    "right",
                    "many",
                    "substantive",
                    _code("assembly", parent="empowerment", strong=["protest"]),
                    _code("participation", parent="empowerment", strong=["election"]),
                    _code("work", parent="economic_social", strong=["wage"]),
                    _code("health", ["They fell ill."], parent="economic_social", strong=["illness"]),
                    _code("environment", parent="economic_social", strong=["river"]),
                    groups=["empowerment", "economic_social"],
                ),
                _facet(
                    "labour",
                    "many",
                    "influence",
                    _code("association_bargaining", strong=["union"]),
                    _code("minimum_wage", strong=["wage"]),
                ),
                _facet("people_at_risk", "many", "substantive", _code("10", strong=["woman"]), _code("19", strong=["union member"])),
                _facet(
                    "responsibility",
                    "one",
                    "influence",
                    *(_code(id) for id in ("state", "corporate", "joint", "unclear")),
                ),
                _facet(
                    "awareness",
                    "one",
                    "influence",
                    _code("knowing", strong=["on purpose"]),
                    _code("unaware", strong=["without knowing"]),
                    _code("unclear"),
                ),
            ],
        }
    )


class CountingEncoder:
    """Counts three letters: enough for texts to resemble each other more or less."""

    name = "counting"
    version = "1"
    dimensions = 3

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of how often r, e and a occur."""
        counts = np.array([[text.lower().count(letter) + 1 for letter in "rea"] for text in texts], dtype=np.float32).reshape(-1, 3)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)
