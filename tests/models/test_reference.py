from __future__ import annotations

import pytest

from models.reference import refers_back

BACK = [
    ("en", "They then left."),
    ("en", "“However, nothing changed.”"),
    ("en", "This harmed workers."),
    ("en", "It was sold."),
    ("en", "As a  result, wages fell."),
    ("en", "Some of them paid."),
    ("es", "Ellos pagaron."),
    ("es", "Esto dañó a todos."),
    ("es", "Sin embargo, nadie habló."),
    ("es", "Por lo tanto, calló."),
    ("fr", "Ces dernières ont refusé."),
    ("fr", "Cela nuit aux ouvriers."),
    ("fr", "C’est pourquoi ils partent."),
    ("pt", "Isso prejudicou os trabalhadores."),
    ("pt", "No entanto, nada mudou."),
    ("ko", "이들은 반대했다."),
    ("ko", "그러나 침묵했다."),
    ("ko", "이 회사는 떠났다."),
]
ALONE = [
    ("en", "Companies left."),
    ("en", "Theyton is a town."),
    ("en", "It is common that firms pay bribes."),
    ("en", "Those who protest are fired."),
    ("en", "Some companies paid."),
    ("en", "This year wages fell."),
    ("es", "Este año bajaron los salarios."),
    ("es", "Las empresas pagaron."),
    ("fr", "Il y a des mines."),
    ("fr", "Les banques ont payé."),
    ("pt", "Este ano nada mudou."),
    ("ko", "기업은 떠났다."),
    ("ko", "이용자는 떠났다."),
    ("xx", "They left."),
]


@pytest.mark.parametrize(("language", "sentence"), BACK)
def test_a_pronoun_or_connective_refers_back(language: str, sentence: str) -> None:
    assert refers_back(sentence, language)


@pytest.mark.parametrize(("language", "sentence"), ALONE)
def test_a_sentence_of_its_own_does_not(language: str, sentence: str) -> None:
    assert not refers_back(sentence, language)
