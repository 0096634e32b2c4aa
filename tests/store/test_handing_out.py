"""Work is listed once and handed out in parts: nothing twice, nothing left, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from store import Paths, Writer
from tests.synthetic import MASKER, REPORTS, Response, Sentence, answer_id, answers_table, masked_table

pytestmark = pytest.mark.disk

SEVEN = tuple(Response(str(row), (Sentence(f"Banks lobbied {row} times."),)) for row in range(7))
EIGHTH = Response("8", (Sentence("Banks lobbied once more."),))


@pytest.fixture
def ready(fresh: Paths) -> Iterator[Writer]:
    """A writer of seven answers that wait to be masked."""
    with Writer(fresh, "tests") as writer:
        writer.put_survey(REPORTS)
        writer.put_answers("reports", answers_table("reports", SEVEN), "run")
        yield writer


def handed(writer: Writer, limit: int = 3) -> list[str]:
    found: list[str] = writer.to_mask("reports", MASKER, limit=limit)["answer"].to_pylist()
    return found


def mask(writer: Writer, answers: list[str]) -> None:
    waiting = writer.to_mask("reports", MASKER)
    writer.put_masked(masked_table(waiting.filter(pc.is_in(waiting["answer"], pa.array(answers, pa.string())))))


def test_parts_add_up_to_all_in_order_with_one_look(ready: Writer) -> None:
    parts = []
    with patch.object(ready, "_listed", side_effect=ready._listed) as looks:
        while sum(map(len, parts)) < 7:
            parts.append(handed(ready))
            mask(ready, parts[-1])
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [answer for part in parts for answer in part] == sorted(answer_id("reports", response.row) for response in SEVEN)
    assert looks.call_count == 1
    assert handed(ready) == []


def test_what_was_not_done_is_handed_out_again(ready: Writer) -> None:
    first = handed(ready)
    assert handed(ready) == first
    mask(ready, first[1:])
    assert handed(ready)[0] == first[0]


def test_what_was_done_elsewhere_is_passed_over(ready: Writer) -> None:
    everything = ready.to_mask("reports", MASKER)["answer"].to_pylist()
    assert handed(ready, 1) == everything[:1]
    mask(ready, everything[:6])
    assert handed(ready, 1) == everything[6:], "also where it stands parts further down"


def test_what_was_withdrawn_meanwhile_is_not_handed_out(ready: Writer) -> None:
    assert len(handed(ready, 7)) == 7
    ready.put_answers("reports", answers_table("reports", SEVEN[:1]), "later")
    assert handed(ready, 7) == [answer_id("reports", SEVEN[0].row)]


def test_what_came_later_is_found_at_the_end_of_the_list(ready: Writer) -> None:
    mask(ready, handed(ready, 7))
    ready.put_answers("reports", answers_table("reports", (*SEVEN, EIGHTH)), "later")
    assert handed(ready) == [answer_id("reports", EIGHTH.row)]


def test_another_version_and_another_stage_have_lists_of_their_own(ready: Writer) -> None:
    first = handed(ready)
    assert len(ready.to_mask("reports", "another masker", limit=7)) == 7
    assert ready.to_segment("reports", "segmenter", limit=3).num_rows == 0
    mask(ready, first)
    assert not set(handed(ready)) & set(first)
