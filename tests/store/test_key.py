from __future__ import annotations

import pytest

from store import Paths, Writer
from taxonomy.errors import StoreError
from tests.synthetic import CONTENT, EXPERTS, process


def test_the_key_is_made_once_and_stays(fresh: Paths) -> None:
    with Writer(fresh, "tests") as writer:
        key = writer.respondent_key()
        assert writer.respondent_key() == key
    with Writer(fresh, "tests") as writer:
        assert writer.respondent_key() == key
    assert len(key) == 32
    assert fresh.key.read_bytes() == key
    assert fresh.key.stat().st_mode & 0o777 == 0o600


def test_two_stores_have_two_keys(fresh: Paths, writer: Writer) -> None:
    other = Paths(fresh.root.with_name("other"))
    with Writer(other, "tests") as second:
        assert second.respondent_key() != writer.respondent_key()


def test_a_damaged_key_is_refused_and_kept(writer: Writer) -> None:
    writer.paths.key.write_bytes(b"short")
    with pytest.raises(StoreError, match=r"5 bytes instead of 32.*backup"):
        writer.respondent_key()
    assert writer.paths.key.read_bytes() == b"short"


def test_half_a_key_of_a_killed_process_is_none(writer: Writer) -> None:
    writer.paths.key.with_name("key.part").write_bytes(b"half")
    assert len(writer.respondent_key()) == 32
    assert not writer.paths.key.with_name("key.part").exists()


def test_a_lost_key_is_not_silently_replaced(writer: Writer) -> None:
    responses = {survey.survey: responses for survey, responses in CONTENT}["experts"]
    process(writer, EXPERTS, responses, writer.begin_run([], {}))
    with pytest.raises(StoreError, match="gone; bring it back"):
        writer.respondent_key()
    assert not writer.paths.key.exists()
