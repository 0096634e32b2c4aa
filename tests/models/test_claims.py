from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from models.claims import claims
from models.coding import Claim
from taxonomy import load_codebook
from tests.models.linked import linked, picks, triples
from tests.models.readings import read

LABELS = Path(__file__).parents[2] / "data/labels/claims.jsonl"
REPEAL = "Banks pushed for the repeal of the overtime rule, while miners poisoned the river."
OF_REPEAL = {
    "actor:bank": "Banks",
    "actor:corporation": "miners",
    "mechanism:lobbying": "pushed",
    "mechanism:environment": "poisoned",
    "right:work": "overtime",
    "right:environment": "river",
}


def test_two_clauses_are_two_claims_not_four_or_eight() -> None:
    assert triples(linked(REPEAL, OF_REPEAL)) == {("bank", "lobbying", "work"), ("corporation", "environment", "environment")}


CONSTRUCTIONS = [
    ("en", "Banks lobbied against the overtime rule. Miners poisoned the river.", "Banks lobbied overtime Miners poisoned river"),
    ("en", "Banks lobbied on overtime; the river was poisoned by miners.", "Banks lobbied overtime miners poisoned river"),
    ("en", "Banks lobbied on overtime, miners poisoned the river.", "Banks lobbied overtime miners poisoned river"),
    ("en", "Banks lobbied on overtime and miners poisoned the river.", "Banks lobbied overtime miners poisoned river"),
    ("en", "(1) banks: lobby on overtime (2) miners: poison the river", "banks lobby overtime miners poison river"),
    ("en", "Mines, whose waste kills the river, belong to banks that lobby on overtime.", "banks lobby overtime Mines kills river"),
    ("es", "Los bancos presionan sobre horas, mientras que las minas matan el río.", "bancos presionan horas minas matan río"),
    ("es", "El río fue matado por las minas; los bancos presionan sobre horas.", "bancos presionan horas minas matado río"),
    ("fr", "Les banques poussent sur les heures alors que la mine tue le fleuve.", "banques poussent heures mine tue fleuve"),
    ("pt", "Os bancos pressionam sobre horas, ao passo que as minas matam o rio.", "bancos pressionam horas minas matam rio"),
    ("ko", "은행은 야근 규정을 없애라고 압박하고 광산은 강을 오염시켰다.", "은행 압박 야근 광산 오염 강을"),
    ("ko", "은행은 야근 규정을 압박하는 반면 광산은 강을 오염시켰다.", "은행 압박 야근 광산 오염 강을"),
    ("ko", "은행은 야근 규정을 압박했고, 강은 광산에 의해 오염되었다.", "은행 압박 야근 광산 오염 강은"),
]


@pytest.mark.parametrize(("language", "text", "words"), CONSTRUCTIONS)
def test_links_follow_the_clauses(language: str, text: str, words: str) -> None:
    keys = ("actor:bank", "mechanism:lobbying", "right:work", "actor:corporation", "mechanism:environment", "right:environment")
    made = linked(text, dict(zip(keys, words.split(), strict=True)), language)
    assert triples(made) == {("bank", "lobbying", "work"), ("corporation", "environment", "environment")}


def test_those_who_are_named_together_act_together() -> None:
    made = linked(
        "Leaders were killed by farmers and investors.",
        {
            "actor:business_elite": "farmers",
            "actor:investor": "investors",
            "mechanism:security_violence": "killed",
            "right:torture": "killed",
        },
    )
    assert triples(made) == {("business_elite", "security_violence", "torture"), ("investor", "security_violence", "torture")}


def test_a_sentence_that_names_nobody_goes_on_about_the_one_before() -> None:
    made = linked(
        "Banks lobby. They also spy on clients. Miners pay badly.",
        {
            "actor:bank": "Banks",
            "actor:corporation": "Miners",
            "mechanism:lobbying": "lobby",
            "mechanism:surveillance_censorship": "spy",
            "mechanism:labour_practices": "pay badly",
        },
    )
    assert triples(made) == {
        ("bank", "lobbying", None),
        ("bank", "surveillance_censorship", None),
        ("corporation", "labour_practices", None),
    }


def test_a_mechanism_read_from_the_whole_is_that_of_the_actor_who_has_none() -> None:
    made = linked(
        "Banks lobby and miners are terrible.",
        {"actor:bank": "Banks", "actor:corporation": "miners", "mechanism:lobbying": "lobby", "mechanism:labour_practices": ""},
    )
    assert triples(made) == {("bank", "lobbying", None), ("corporation", "labour_practices", None)}


def test_what_one_actor_does_is_told_apart_by_the_rights_that_it_fits() -> None:
    made = linked(
        "The company poisoned the river and cut wages.",
        {
            "actor:corporation": "company",
            "mechanism:environment": "poisoned",
            "mechanism:labour_practices": "cut wages",
            "right:environment": "river",
            "right:work": "wages",
        },
    )
    assert triples(made) == {("corporation", "environment", "environment"), ("corporation", "labour_practices", "work")}


def test_a_claim_holds_the_places_of_its_codes_in_its_own_clauses() -> None:
    text = "Banks lobby on wages. Miners cut wages."
    made = linked(
        text,
        {
            "actor:bank": "Banks",
            "actor:corporation": "Miners",
            "mechanism:lobbying": "lobby",
            "mechanism:labour_practices": "cut",
            "right:work": ("wages", "wages"),
        },
    )
    assert {claim.actor: [text[span.start : span.end] + str(span.start) for span in claim.spans] for claim in made} == {
        "bank": ["Banks0", "lobby6", "wages15"],
        "corporation": ["Miners22", "cut29", "wages33"],
    }


def test_the_values_of_a_claim_are_those_of_its_own_act() -> None:
    assert {(c.actor, c.mode, c.direction, c.effect) for c in linked(REPEAL, OF_REPEAL)} == {
        ("bank", "passive", "encouraged", "harms"),
        ("corporation", "active", "not_stated", "harms"),
    }


def test_opposing_and_supporting_a_policy_are_told_by_the_clause() -> None:
    text = "Banks opposed the bill, but chambers supported the reform."
    codes: dict[str, str | tuple[str, ...]] = {
        "actor:bank": "Banks",
        "actor:industry_association": "chambers",
        "mechanism:lobbying": ("opposed", "supported"),
        "mechanism:inaction": "",
    }
    made = linked(text, codes)
    assert {(c.actor, c.direction) for c in made if c.mechanism == "lobbying"} == {
        ("bank", "discouraged"),
        ("industry_association", "encouraged"),
    }


def test_one_mechanism_has_the_values_of_the_passage() -> None:
    made = linked("Banks lobby.", {"actor:bank": "Banks", "mechanism:lobbying": "lobby"}, values=("both", "discouraged", "mixed"))
    assert made == (Claim("bank", "lobbying", None, "both", "discouraged", "mixed", made[0].spans),)


def test_no_actor_no_claim_and_no_more_than_an_actor_one_claim() -> None:
    assert linked("The river is poisoned.", {"mechanism:environment": "poisoned", "right:environment": "river"}) == ()
    assert triples(linked("Banks.", {"actor:bank": "Banks"})) == {("bank", None, None)}
    assert triples(linked("Banks and work.", {"actor:bank": "Banks", "right:work": "work"})) == {("bank", None, "work")}


@pytest.mark.parametrize("text", ["", "…", "🙂", "a", "\n\n- \n", "그", "1)"])
def test_a_passage_without_words_still_has_its_claim(text: str) -> None:
    codes = picks(text, {"actor:bank": "", "mechanism:lobbying": "", "right:work": ""})
    made = claims(read(text), codes, "passive", "encouraged", "harms")
    assert triples(made) == {("bank", "lobbying", "work")}


def test_codes_of_another_codebook_are_linked_by_their_places_alone() -> None:
    made = linked(
        "Nurses smile, while doctors shout.",
        {"actor:nurse": "Nurses", "actor:doctor": "doctors", "mechanism:kindness": "smile", "mechanism:anger": "shout"},
    )
    assert triples(made) == {("nurse", "kindness", None), ("doctor", "anger", None)}


def test_the_same_passage_makes_the_same_claims_whatever_the_order_of_its_codes() -> None:
    back = dict(reversed(OF_REPEAL.items()))
    assert linked(REPEAL, OF_REPEAL) == linked(REPEAL, back)


def test_a_passage_of_thousands_of_words_takes_no_longer_than_it_must() -> None:
    text = ", ".join(["banks lobby and miners poison it"] * 1500)
    codes = {
        "actor:bank": ("banks",) * 1500,
        "actor:corporation": ("miners",) * 1500,
        "mechanism:lobbying": ("lobby",) * 1500,
        "mechanism:environment": ("poison",) * 1500,
    }
    reading, held = read(text), picks(text, codes)
    began = time.perf_counter()
    assert triples(claims(reading, held, "both", "both", "harms")) == {("bank", "lobbying", None), ("corporation", "environment", None)}
    assert time.perf_counter() - began < 5


def test_the_passages_that_links_are_measured_on_hold_codes_of_the_codebook() -> None:
    codes = {facet.id: {code.id for code in facet.codes} for facet in load_codebook().facets}
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows) >= 60
    for row in rows:
        assert row["claims"], row["id"]
        assert row["part"] in ("development", "final")
        assert "public domain" in row["licence"] or "invented" in row["licence"]
        for claim in row["claims"]:
            assert all(claim[facet] in codes[facet] for facet in ("actor", "mechanism", "mode", "direction", "effect"))
            assert claim["right"] is None or claim["right"] in codes["right"]
