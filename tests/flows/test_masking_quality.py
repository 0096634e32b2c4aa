from __future__ import annotations

import pytest

from flows.masking_quality import LABELLED, LabelledItem, Share, evaluate_masks, load_items
from models.masking import KINDS, Masking

ITEMS = load_items(LABELLED)


def item(text: str, *spans: dict[str, object]) -> LabelledItem:
    return LabelledItem.model_validate({"id": "1", "half": "test", "language": "en", "planted": True, "text": text, "spans": spans})


def test_the_labelled_set_is_big_enough_and_labels_are_the_words_they_say() -> None:
    assert len(ITEMS) >= 300
    assert {each.language for each in ITEMS} == {"en", "es", "fr", "pt", "ko"}
    assert len({each.id for each in ITEMS}) == len(ITEMS)
    for each in ITEMS:
        for span in each.spans:
            assert each.text[span.start : span.end].strip() == each.text[span.start : span.end], each.id


def test_translations_of_a_passage_are_in_one_half() -> None:
    halves: dict[str, set[str]] = {}
    for each in ITEMS:
        if not each.planted:
            halves.setdefault(each.id.removesuffix(f"-{each.language}"), set()).add(each.half)
    assert all(len(half) == 1 for half in halves.values())


def test_wilsons_interval() -> None:
    low, high = Share(19, 20).interval or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.764, 0.991)
    assert Share(0, 0).interval is None
    assert str(Share(0, 0)) == "–"


@pytest.mark.real_models
def test_found_kept_and_right_are_counted_by_kind_and_language() -> None:
    found = item("Write to a@b.org.", {"kind": "email", "start": 9, "end": 16})
    wrong = item("Write to c@b.org.")
    company = item("Shell pays a@b.org", {"kind": "company", "start": 0, "end": 5}, {"kind": "phone", "start": 6, "end": 10})
    figures = {(each.kind, each.language): each for each in evaluate_masks([found, wrong, company], Masking())}
    assert figures["email", ""].recall == Share(1, 1)
    assert figures["email", "en"].precision == Share(1, 3)
    assert figures["phone", "en"].recall == Share(0, 1)
    assert figures["company", "en"].recall == Share(1, 1)


@pytest.mark.real_models
def test_the_test_half_reaches_what_is_promised() -> None:
    figures = {(each.kind, each.language): each for each in evaluate_masks([each for each in ITEMS if each.half == "test"])}
    for kind, language, least in (("person", "en", 0.95), ("person", "fr", 0.95), ("email", "", 0.99), ("phone", "", 0.99)):
        assert (figures[kind, language].recall.value or 0) >= least
    assert {kind for kind, _ in figures} >= set(KINDS) - {"url", "card"}
