from __future__ import annotations

from explorer.vintage import Vintage, note, older

NOW = Vintage("coder 2", "1.1.0", 40)
OLD_CODER = Vintage("coder 1", "1.1.0", 1)
OLD_BOOK = Vintage("coder 2", "1.0.0", 1_200)


def test_what_the_versions_in_force_made_is_not_old() -> None:
    assert older([NOW], {"coder": "coder 2"}, "1.1.0") == ()
    assert older([NOW], {}, "1.1.0") == (), "a snapshot that names no coder says nothing of its age"
    assert older([], {"coder": "coder 2"}, "1.1.0") == ()


def test_an_older_coder_and_an_older_codebook_are_told() -> None:
    assert older([NOW, OLD_CODER, OLD_BOOK], {"coder": "coder 2"}, "1.1.0") == (OLD_CODER, OLD_BOOK)


def test_older_codes_in_words() -> None:
    assert note([], 41) == ""
    assert note([OLD_CODER], 41).startswith("1 of 41 passages shows codes of an older version (codebook 1.1.0 by coder coder 1); ")
    both = "1,201 of 1,241 passages show codes of an older version (codebook 1.1.0 by coder coder 1 and codebook 1.0.0 by coder coder 2); "
    assert note([OLD_CODER, OLD_BOOK], 1_241).startswith(both)
    assert "suasion run" in note([OLD_BOOK], 1_241)


def test_older_codes_that_are_not_counted_are_told_without_a_figure() -> None:
    said = "Some passages show codes of an older version (codebook 1.1.0 by coder coder 1); “suasion run” codes them anew."
    assert note([OLD_CODER], None) == said
    assert note([Vintage("coder 1", "1.1.0", None)], 41) == said
