from __future__ import annotations

from taxonomy import load_codebook
from taxonomy.families import FAMILIES, IN_GENERAL, WITHIN_FAMILY, family, told_apart

ACTORS = {code.id: code.parent for code in load_codebook().facet("actor").codes}


def test_families_are_the_groups_of_the_codebook_with_several_actors() -> None:
    for actor, group in ACTORS.items():
        alone = list(ACTORS.values()).count(group) == 1
        assert family(actor) == (None if alone or actor == IN_GENERAL else group)
    assert set(FAMILIES) <= set(ACTORS)


def test_of_each_family_one_actor_is_not_told_apart() -> None:
    for group in set(FAMILIES.values()):
        assert len([actor for actor, of in FAMILIES.items() if of == group and told_apart(actor) is None]) == 1
    assert set(FAMILIES) >= WITHIN_FAMILY
    assert told_apart(IN_GENERAL) is None
    assert told_apart("bank") == "bank"
