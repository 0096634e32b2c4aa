from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models import scorer as module
from models.coding import Span
from models.scorer import Scorer
from models.transformer import WINDOW, Tokens, transformer_version
from taxonomy.errors import ModelError
from tests.models.tiny_transformer import LAYOUT, tiny_scorer, use_tiny_transformer

pytestmark = pytest.mark.training

LONG = " ".join(f"word{number} and" for number in range(2500))
TEXTS = ("the bank lobbied in the north", "", "the company polluted", "one", "😀 😀😀", LONG, " \n ", "the unforeseeable consequences")


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_transformer(patch)
        yield tiny_scorer()


@pytest.fixture
def saved(scorer: Scorer, tmp_path: Path) -> Path:
    path = tmp_path / "heads.safetensors"
    scorer.save(path)
    return path


def everywhere(scorer: Scorer, text: str) -> list[tuple[Span, ...]]:
    """The evidence for each code, of a long text for every ninth."""
    scores = scorer.score([text])
    return [scores.evidence(0, code) for code in range(0, LAYOUT.width, 9 if text == LONG else 1)]


def test_a_text_is_scored_the_same_in_any_company(scorer: Scorer) -> None:
    together = scorer.score(TEXTS)
    assert together.values.shape == (len(TEXTS), LAYOUT.width)
    assert together.values.dtype == np.float32
    for number, text in enumerate(TEXTS):
        alone = scorer.score([text])
        np.testing.assert_allclose(together.values[number], alone.values[0], atol=1e-4)
    backwards = scorer.score(TEXTS[::-1])
    np.testing.assert_allclose(together.values, backwards.values[::-1], atol=1e-4)


def test_no_texts_have_no_scores(scorer: Scorer) -> None:
    assert scorer.score([]).values.shape == (0, LAYOUT.width)


def test_evidence_does_not_depend_on_the_texts_beside_it(scorer: Scorer) -> None:
    together = scorer.score(TEXTS)
    for number, text in enumerate(TEXTS[:5]):
        assert [together.evidence(number, code) for code in range(LAYOUT.width)] == everywhere(scorer, text)


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_a_text_without_words_has_no_evidence(text: str, scorer: Scorer) -> None:
    assert set(everywhere(scorer, text)) == {()}


@pytest.mark.parametrize("text", ["one", "consequences", "  one ", "😀", "👨\u200d👩\u200d👧"])
def test_the_evidence_in_one_word_is_that_word(text: str, scorer: Scorer) -> None:
    start = len(text) - len(text.lstrip())
    assert set(everywhere(scorer, text)) == {(Span(start, start + len(text.strip())),)}


@pytest.mark.parametrize("text", [*TEXTS[:1], "😀 😀😀 consequences of  it", "unforeseeable: consequences\nfor   all", LONG])
def test_evidence_is_whole_words(text: str, scorer: Scorer) -> None:
    for spans in everywhere(scorer, text):
        assert spans
        for span in spans:
            assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
            assert span.start == 0 or text[span.start - 1].isspace()
            assert span.end == len(text) or text[span.end].isspace()


def test_every_word_of_a_long_text_can_be_evidence(scorer: Scorer) -> None:
    found = {span.start >= len(LONG) // 2 for spans in everywhere(scorer, LONG) for span in spans}
    assert True in found
    assert len(module.windows(module.tokenize([LONG])[0])) > 5000 // WINDOW


def evidence(shares: list[float], *places: tuple[int, int]) -> list[tuple[int, int]]:
    """The evidence where these shares belong to tokens of these places, the marks before and after having none."""
    tokens = Tokens(tuple(range(len(places))), tuple(start for start, _ in places), tuple(end for _, end in places))
    found = module._Words.of(tokens).evidence(np.array([9, 9, 9, 9, *shares, 9], np.float32))
    return [(span.start, span.end) for span in found]


def test_the_stretch_that_speaks_most_for_a_code_is_its_evidence() -> None:
    words = tuple((2 * place, 2 * place + 1) for place in range(20))
    shares = [0.0] * 20
    shares[9] = shares[12] = 1.0
    assert evidence(shares, *words) == [(18, 25)]  # the words 9 to 12
    shares[14] = 0.9
    assert evidence(shares, *words) == [(18, 29)]  # a gap of little is bridged by much
    assert evidence([0.1] * 20, *words)[0][1] - evidence([0.1] * 20, *words)[0][0] >= 7, "four words at least"
    assert evidence([-1.0] * 8 + [0.1] * 12, *words) == [(16, 39)]


def test_no_stretch_is_longer_than_twelve_words() -> None:
    words = tuple((2 * place, 2 * place + 1) for place in range(40))
    ((start, end),) = evidence([0.0] * 10 + [1.0] * 20 + [0.0] * 10, *words)
    assert (end - start + 1) // 2 == 12


def test_a_text_of_few_words_is_its_own_evidence() -> None:
    assert evidence([-1.0, -0.2, -3.0], (0, 1), (2, 3), (4, 5)) == [(0, 5)]


def test_pieces_of_a_word_bring_the_whole_word() -> None:
    apart = tuple((10 + 2 * place, 11 + 2 * place) for place in range(4))
    overlapping = ((0, 1), (0, 3), (3, 4))  # several tokens of one letter
    shares = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -9.0]
    assert evidence(shares, *overlapping, *apart) == [(0, 15)]


def test_a_mark_of_white_space_is_no_evidence() -> None:
    assert evidence([0.1, 5.0], (0, 4), (6, 6)) == [(0, 4)]
    assert evidence([5.0], (1, 1)) == []


def test_what_was_saved_scores_as_before(scorer: Scorer, saved: Path) -> None:
    loaded = Scorer.load(saved)
    assert loaded.layout == scorer.layout
    np.testing.assert_allclose(loaded.score(TEXTS[:5]).values, scorer.score(TEXTS[:5]).values, atol=0.05, rtol=1e-2)
    again = saved.with_name("again.safetensors")
    loaded.save(again)
    np.testing.assert_array_equal(Scorer.load(again).score(TEXTS[:3]).values, loaded.score(TEXTS[:3]).values)


def test_the_same_weights_are_the_same_file(scorer: Scorer, tmp_path: Path) -> None:
    for number in range(8):  # the library's own order of four facts differs from one writing to the next
        scorer.save(tmp_path / f"{number}.safetensors")
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_what_is_saved_is_small_and_holds_nothing_but_numbers_and_what_they_fit_to(saved: Path) -> None:
    assert {tensor.dtype for tensor in load_file(saved).values()} == {torch.float16}
    with module.safe_open(saved, framework="pt") as file:
        facts = file.metadata()
    assert facts["transformer"] == transformer_version()
    assert (facts["rank"], facts["layers"]) == ("2", "[1]")
    assert json.loads(facts["facets"])[0] == ["relevance", True, ["influence", "no_influence", "non_substantive", "off_topic"]]


def altered(path: Path, facts: dict[str, str] | None = None, **tensors: torch.Tensor | None) -> Path:
    """The file with other facts, and with some tensors in place of those whose names begin so; None leaves them out."""
    with module.safe_open(path, framework="pt") as file:
        known = file.metadata()
    held = load_file(path)
    for beginning, tensor in tensors.items():
        for name in [name for name in held if name.startswith(beginning)]:
            if tensor is None:
                del held[name]
            else:
                held[name] = tensor
    save_file(held, path, {key: value for key, value in (known | (facts or {})).items() if value})
    return path


def test_weights_for_another_transformer_are_refused_and_both_are_named(saved: Path) -> None:
    with pytest.raises(ModelError) as told:
        Scorer.load(altered(saved, {"transformer": "other==1.0+12345678"}))
    assert "trained on other==1.0+12345678" in str(told.value)
    assert f"but {transformer_version()} is installed" in str(told.value)
    assert str(saved) in str(told.value)


def test_weights_that_do_not_say_what_they_are_for_are_refused(saved: Path) -> None:
    with pytest.raises(ModelError, match="was trained on something else, but"):
        Scorer.load(altered(saved, {"transformer": ""}))


@pytest.mark.parametrize(
    ("facts", "tensors"),
    [
        ({"rank": ""}, {}),
        ({"rank": "three"}, {}),
        ({"rank": "3"}, {}),
        ({"layers": "[0]"}, {}),
        ({"layers": "{"}, {}),
        ({"facets": "[]"}, {}),
        ({"facets": '[["relevance", true]]'}, {}),
        ({"facets": '[["relevance", true, ["influence"]]]'}, {}),
        ({}, {"adapter": None}),
        ({}, {"heads.look": None}),
        ({}, {"heads.weigh": torch.zeros(2, 2)}),
        ({}, {"heads.bias": torch.full((LAYOUT.width,), torch.nan)}),
    ],
)
def test_weights_in_which_something_is_missing_or_damaged_are_refused(
    facts: dict[str, str], tensors: dict[str, torch.Tensor | None], saved: Path
) -> None:
    with pytest.raises(ModelError, match=r"heads\.safetensors: does not hold the whole weights .* train anew"):
        Scorer.load(altered(saved, facts, **tensors))


@pytest.mark.parametrize("content", [b"", b"not weights at all", None])
def test_a_file_that_is_no_safetensors_is_refused(content: bytes | None, saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-7] if content is None else content)
    with pytest.raises(ModelError, match="cannot be read as the weights of a coder"):
        Scorer.load(saved)
    saved.unlink()
    with pytest.raises(ModelError, match="cannot be read as the weights of a coder"):
        Scorer.load(saved)
