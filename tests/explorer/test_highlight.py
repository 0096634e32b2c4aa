from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.highlight import Segment, merged, segments

spans = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=5)


def test_text_without_marks_is_one_piece() -> None:
    assert segments("a mine", []) == [Segment("a mine")]


def test_no_text_has_no_pieces() -> None:
    assert segments("", [[(0, 4)]]) == []


def test_overlapping_spans_share_their_middle() -> None:
    assert segments("foreign mines", [[(0, 9)], [(8, 13)]]) == [
        Segment("foreign ", (0,)),
        Segment("m", (0, 1)),
        Segment("ines", (1,)),
    ]


def test_a_span_within_another_lies_on_both() -> None:
    assert segments("abcdef", [[(0, 6)], [(2, 4)]]) == [Segment("ab", (0,)), Segment("cd", (0, 1)), Segment("ef", (0,))]


def test_spans_that_touch_stay_apart() -> None:
    assert segments("abcd", [[(0, 2)], [(2, 4)]]) == [Segment("ab", (0,)), Segment("cd", (1,))]


def test_a_mark_may_have_several_spans_and_its_own_overlaps_count_once() -> None:
    assert segments("abcd", [[(0, 2), (1, 3)]]) == [Segment("a", (0,)), Segment("b", (0,)), Segment("c", (0,)), Segment("d")]


def test_offsets_are_code_points() -> None:
    assert segments("🙂 기업 é", [[(2, 4)]]) == [Segment("🙂 "), Segment("기업", (0,)), Segment(" é")]


def test_spans_beyond_the_text_are_cut_and_empty_ones_dropped() -> None:
    assert segments("abc", [[(-5, 1)], [(2, 99)], [(1, 1)], [(3, 2)]]) == [Segment("a", (0,)), Segment("b"), Segment("c", (1,))]


@settings(max_examples=50)
@given(st.text(max_size=30), st.lists(spans, max_size=4))
def test_no_character_is_lost_and_each_has_the_marks_that_cover_it(text: str, marks: list[list[tuple[int, int]]]) -> None:
    pieces = segments(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    covered = [piece.marks for piece in pieces for _ in piece.text]
    expected = [
        tuple(mark for mark, of_mark in enumerate(marks) if any(start <= at < end for start, end in of_mark)) for at in range(len(text))
    ]
    assert covered == expected


def test_places_that_overlap_nest_or_touch_are_one() -> None:
    assert merged([(8, 13), (0, 13), (20, 25), (13, 15)]) == [(0, 15), (20, 25)]
    assert merged([]) == []
