"""The shipped codebook's own examples, coded by the coder in force: a change that loses some of them is seen.

The floors lie in ``codebook_agreement.json``: the share of each facet's examples that came out as they should when it was written.
A coder or a codebook that does better raises them; one that does worse needs a reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.codebook_check import Agreement, agreement, examine
from taxonomy import load_codebook
from taxonomy.expectations import expectations

FLOORS = Path(__file__).with_name("codebook_agreement.json")

pytestmark = pytest.mark.real_models


@pytest.fixture(scope="module")
def found() -> dict[str, Agreement]:
    from models.coder import load_coder
    from models.encoders import load_encoder

    codebook, encoder = load_codebook(), load_encoder()
    return {each.facet: each for each in agreement(codebook, examine(expectations(codebook), encoder, load_coder(codebook, encoder)))}


def test_no_facet_falls_below_its_floor(found: dict[str, Agreement]) -> None:
    floors = json.loads(FLOORS.read_text("utf-8"))
    below = {facet: (each.share, floors[facet]) for facet, each in found.items() if each.share < floors[facet]}
    assert below == {}


def test_every_facet_has_examples_and_a_floor(found: dict[str, Agreement]) -> None:
    facets = [facet.id for facet in load_codebook().facets]
    assert list(json.loads(FLOORS.read_text("utf-8"))) == list(found) == facets
