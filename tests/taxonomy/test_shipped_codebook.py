"""The shipped codebook: nothing that is coded is missing, and every code can be understood and found."""

from __future__ import annotations

import pytest

from taxonomy.codebook import SHIPPED, Codebook, CodeDefinition, Facet, load_codebook
from taxonomy.languages import SURVEY_LANGUAGES

CODES = {
    "relevance": "influence no_influence non_substantive off_topic",
    "actor": "corporation investor bank economic_advisor ifi industry_association lobby state_owned_enterprise business_elite "
    "small_business illicit_business private_sector",
    "origin": "domestic foreign",
    "industry": "agriculture mining oil_gas_coal apparel manufacturing energy_water construction retail transport technology "
    "media finance health education security employment_services other_industry",
    "mode": "active passive both unclear",
    "mechanism": "lobbying political_finance corruption advice_conditionality investment_leverage public_advocacy "
    "misinformation litigation labour_practices land_resources environment security_violence "
    "surveillance_censorship access_pricing supply_chain inaction other_mechanism",
    "direction": "encouraged discouraged both not_stated",
    "effect": "improves harms mixed unclear",
    "right": "arrest disappearance death-penalty extrajud-killing torture assembly expression participation religion privacy "
    "education food health housing work land environment non_discrimination remedy",
    "labour": "association_bargaining child_labour forced_labour minimum_wage working_hours occupational_safety migrant_workers harassment "
    "social_insurance employment_discrimination job_security",
    "people_at_risk": " ".join(map(str, range(40))),
    "responsibility": "state corporate joint unclear",
    "awareness": "knowing unaware unclear",
}

AREAS = {
    "physical_integrity": "arrest disappearance death-penalty extrajud-killing torture",
    "empowerment": "assembly expression participation religion privacy",
    "economic_social": "education food health housing work land environment non_discrimination",
}

#: The rights HRMI measures, under its own ids; what is above and not here is an addition.
HRMI_RIGHTS = (
    "arrest disappearance death-penalty extrajud-killing torture assembly expression participation education food health housing work"
)

#: The sections of ISIC Rev. 4 that the divisions of an industry belong to.
SECTIONS = {
    "agriculture": "A",
    "mining": "B",
    "oil_gas_coal": "BC",
    "apparel": "C",
    "manufacturing": "C",
    "energy_water": "DE",
    "construction": "FL",
    "retail": "GIN",
    "transport": "H",
    "technology": "J",
    "media": "J",
    "finance": "K",
    "education": "P",
    "employment_services": "NT",
}


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load_codebook()


def all_codes(codebook: Codebook) -> list[tuple[Facet, CodeDefinition]]:
    return [(facet, code) for facet in codebook.facets for code in facet.codes]


def test_every_facet_and_code_is_there_in_order(codebook: Codebook) -> None:
    assert {facet.id: " ".join(code.id for code in facet.codes) for facet in codebook.facets} == CODES
    assert [facet.id for facet in codebook.facets] == list(CODES)


def test_a_facet_takes_one_code_or_many(codebook: Codebook) -> None:
    single = {facet.id for facet in codebook.facets if facet.values == "one"}
    assert single == {"relevance", "mode", "direction", "effect", "responsibility", "awareness"}


def test_a_facet_applies_where_it_should(codebook: Codebook) -> None:
    assert {facet.id for facet in codebook.facets if facet.applies_to == "all"} == {"relevance"}
    assert {facet.id for facet in codebook.facets if facet.applies_to == "substantive"} == {"right", "people_at_risk"}


def test_every_right_stands_in_its_area(codebook: Codebook) -> None:
    right = codebook.facet("right")
    assert [group.id for group in right.groups] == list(AREAS)
    for area, rights in AREAS.items():
        assert " ".join(code.id for code in right.codes if code.parent == area) == rights
    assert right.code("remedy").parent is None


def test_the_ids_of_hrmi_are_kept(codebook: Codebook) -> None:
    assert " ".join(code.id for code in codebook.facet("right").codes if code.hrmi is not None) == HRMI_RIGHTS
    assert all(code.hrmi in (None, code.id) for code in codebook.facet("right").codes)
    assert all(code.hrmi == code.id for code in codebook.facet("people_at_risk").codes)


def test_industries_are_keyed_to_isic(codebook: Codebook) -> None:
    industry = codebook.facet("industry")
    found = {id: "".join(sorted({key[0] for key in industry.code(id).isic})) for id in SECTIONS}
    assert found == SECTIONS
    assert {"C13", "C14", "C15"} == set(industry.code("apparel").isic)
    assert "C21" in industry.code("health").isic
    assert "N80" in industry.code("security").isic
    assert "N78" in industry.code("employment_services").isic


def test_an_isic_key_belongs_to_one_industry(codebook: Codebook) -> None:
    keys = [key for code in codebook.facet("industry").codes for key in code.isic]
    assert sorted(keys) == sorted(set(keys))


def test_the_names_of_hrmi_are_kept(codebook: Codebook) -> None:
    people = codebook.facet("people_at_risk")
    assert people.code("0").name["en"] == "No one"
    assert people.code("9").name["pt"] == "Pessoas fora da fronteira de um país"
    assert people.code("17").name["es"] == "Periodistas"
    assert people.code("20").name["fr"] == "Protestataires ou personnes se livrant à des activités politiques non violentes"
    assert people.code("39").name["en"]


def test_every_facet_and_code_has_a_name_in_every_language(codebook: Codebook) -> None:
    for facet in codebook.facets:
        for named in (facet, *facet.groups, *facet.codes):
            assert (facet.id, named.id, set(named.name)) == (facet.id, named.id, set(SURVEY_LANGUAGES))


def test_two_codes_of_a_facet_never_share_a_name(codebook: Codebook) -> None:
    for facet in codebook.facets:
        for language in SURVEY_LANGUAGES:
            names = [code.label(language) for code in facet.codes]
            assert len(set(names)) == len(names), (facet.id, language)


def test_every_code_is_explained_by_examples(codebook: Codebook) -> None:
    for facet, code in all_codes(codebook):
        assert sum(example.holds for example in code.examples) >= 2, (facet.id, code.id)


def test_every_code_has_an_example_that_tempts_and_must_not_get_it(codebook: Codebook) -> None:
    without = {f"{facet.id}:{code.id}" for facet, code in all_codes(codebook) if all(example.holds for example in code.examples)}
    assert without == set()


def test_examples_speak_every_language(codebook: Codebook) -> None:
    assert {example.language for _, code in all_codes(codebook) for example in code.examples} == set(SURVEY_LANGUAGES)


@pytest.mark.parametrize("facet", ["relevance", "actor", "industry", "right", "mechanism", "labour"])
def test_every_code_has_cues_in_every_language(codebook: Codebook, facet: str) -> None:
    for code in codebook.facet(facet).codes:
        assert (code.id, set(code.cues)) == (code.id, set(SURVEY_LANGUAGES))
        for language, cues in code.cues.items():
            assert cues.strong or cues.weak, (code.id, language)


def test_only_an_absence_has_no_strong_cue(codebook: Codebook) -> None:
    without = {f"{facet.id}:{code.id}" for facet, code in all_codes(codebook) if not any(cues.strong for cues in code.cues.values())}
    assert without <= WITHOUT_STRONG_CUES


#: Codes that are given for what is not said: no word speaks for them alone.
WITHOUT_STRONG_CUES = {
    "relevance:off_topic",
    "mode:unclear",
    "direction:not_stated",
    "effect:unclear",
    "responsibility:unclear",
    "awareness:unclear",
}


def test_the_decision_rules_are_there(codebook: Codebook) -> None:
    ids = [rule.id for rule in codebook.rules]
    assert [id for id in ids if id.startswith("r")] == [f"r{number:02}" for number in range(1, 28)]
    assert len([id for id in ids if id.startswith("g")]) >= 5


def test_every_rule_is_shown_by_examples(codebook: Codebook) -> None:
    assert {rule.id: len(rule.examples) for rule in codebook.rules if len(rule.examples) < 2} == {}
    assert {example.language for rule in codebook.rules for example in rule.examples} == set(SURVEY_LANGUAGES)


def test_the_file_stays_readable() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 200
    assert not [number for number, line in enumerate(lines, 1) if "\t" in line or line != line.rstrip()]
