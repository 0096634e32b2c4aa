from __future__ import annotations

import pytest

from taxonomy.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Côte d’Ivoire", "cote d ivoire"),
        ("  A-B_c.d  ", "a b c d"),
        ("ÀÉÎÕÜ Ñ ç", "aeiou n c"),
        ("Straße", "strasse"),
        ("ＡＢＣ", "abc"),
        ("대한민국", "대한민국"),
        ("\u1112\u1161\u11ab국", "한국"),
        ("e\u0301tat", "etat"),
        ("--", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_name_fold_alike(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded
