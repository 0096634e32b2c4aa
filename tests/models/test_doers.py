from __future__ import annotations

import pytest

from models.coding import Code, Passage
from models.cues import Match
from models.doers import Scene, _weighed
from models.normalisation import normalise
from models.reading import Reading
from tests.models.linked import picks
from tests.models.readings import read


def who(text: str, codes: dict[str, str | tuple[str, ...]], deed: str) -> dict[str, float]:
    """Those to whom the mechanism read from a word is laid."""
    scene = Scene(read(text), picks(text, codes | {"mechanism:deed": deed}))
    (place,) = scene.where["mechanism", "deed"]
    return dict(scene.doers(place))


ACTORS: dict[str, str | tuple[str, ...]] = {"actor:bank": "banks", "actor:corporation": "mines"}


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("The banks act, the mines pollute.", "bank"),
        ("People act against banks. The mines pollute.", "bank"),
        ("What acts are banks, while mines pollute.", "bank"),
        ("The mines, which act, are owned by banks.", "corporation"),
        ("The mines, which banks act on, pollute.", "bank"),
        ("People acted on by banks hate mines.", "bank"),
        ("The mines pollute. They act. So do banks.", "corporation"),
    ],
)
def test_what_is_done_is_laid_to_whoever_the_clause_names(text: str, actor: str) -> None:
    assert who(text, ACTORS, "act") == {actor: 1.0}


def test_those_who_are_named_together_do_it_together() -> None:
    assert who("Big banks and mines act.", ACTORS, "act") == {"bank": 1.0, "corporation": 1.0}


def test_in_a_clause_that_names_nobody_it_may_be_someone_who_stands_nowhere() -> None:
    found = who("The banks lobby. They act.", {"actor:bank": "banks", "actor:corporation": ""}, "act")
    assert found["bank"] > found["corporation"] > 0


def test_nobody_does_anything_where_nobody_stands_anywhere() -> None:
    assert who("They act.", {"right:work": "They"}, "act") == {}


def cued(text: str, *cues: tuple[str, str]) -> tuple[Reading, Code]:
    """A reading in which an actor is told by cues of these words and strengths, and its code."""
    words = normalise(text, "en")
    surface = [token.text for token in words.doc]
    matches = tuple(
        Match(
            "actor",
            "corporation",
            strength,
            surface.index(word),
            surface.index(word) + 1,
            words.span(surface.index(word), surface.index(word) + 1),
        )
        for word, strength in cues
    )
    return Reading(Passage(text, "en"), words, {"actor": matches}, {}), Code(
        "actor", "corporation", 0.8, "cue", tuple(m.span for m in matches)
    )


def test_a_weak_cue_names_nobody_where_a_strong_one_does() -> None:
    assert list(_weighed(*cued("workers of firms", ("workers", "weak"), ("firms", "strong"))).values()) == [1.0]
    (weight,) = _weighed(*cued("workers strike", ("workers", "weak"))).values()
    assert weight < 1


def test_a_code_that_was_read_from_the_whole_stands_nowhere() -> None:
    reading = read("firms pollute")
    assert _weighed(reading, Code("actor", "corporation", 0.8, "similarity", reading.whole)) == {}
