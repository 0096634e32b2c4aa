"""What a run left in the logs and folders is told as far as it can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.paths import Paths
from store.run_log import Failure, Told, Trace, notice_record, run_log, trace
from store.snapshots import SCHEMA

RUN = "20261123T000000-000001"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


def publish(paths: Paths, view: str, name: str, run: str) -> None:
    folder = paths.snapshots(view) / name
    folder.mkdir(parents=True)
    told: dict[str, object] = {"id": name, "view": view, "run": run, "made": "", "content": ""} | {
        name: {} for name in ("counts", "versions", "files")
    }
    (folder / "manifest.json").write_text(json.dumps(told | {"schema": SCHEMA}), "utf-8")


def test_where_nothing_is_nothing_is_told(paths: Paths) -> None:
    assert trace(paths, RUN) == Trace()


def test_failures_and_notices_of_one_run_are_told(paths: Paths) -> None:
    failed = {"event": "failed", "survey": "s", "stage": "code", "kind": "ValueError", "places": ["a:1 f", "b:2 g", "c:3 h", "d:4 i"]}
    run_log(paths).append(json.dumps({"run": RUN, **failed}))
    run_log(paths).append(json.dumps({"run": RUN, "event": "ended", "status": "failed"}))
    run_log(paths).append(json.dumps({"run": "another", **failed}))
    notice_record(paths).append(json.dumps({"run": RUN, "way": "e-mail", "sent": False, "fault": "timeout", "said": ["a run failed in s"]}))
    left = trace(paths, RUN)
    assert left.failures == (Failure("s", "code", "ValueError", ("a:1 f", "b:2 g", "c:3 h")),)
    assert left.notices == (Told("e-mail", False, "timeout", ("a run failed in s",)),)


def test_what_is_not_as_it_was_written_is_passed_over(paths: Paths) -> None:
    strange = {"run": RUN, "event": "failed", "survey": ["s"], "stage": 7, "kind": "K" * 10_000, "places": "nowhere"}
    run_log(paths).append(json.dumps(strange))
    (failure,) = trace(paths, RUN).failures
    assert (failure.survey, failure.stage, failure.kind, failure.places) == ("", "", "K" * 120, ())
    run_log(paths).place.unlink()
    run_log(paths).place.mkdir()
    assert trace(paths, RUN) == Trace()


def test_the_snapshots_that_a_run_published_are_those_whose_manifest_says_so(paths: Paths) -> None:
    publish(paths, "internal", RUN, RUN)
    publish(paths, "internal", f"{RUN}-2", RUN)
    publish(paths, "internal", f"{RUN}-3", "another")
    (paths.snapshots("internal") / f"{RUN}-4").mkdir()
    publish(paths, "public", RUN, RUN)
    assert trace(paths, RUN).snapshots == (("internal", RUN), ("internal", f"{RUN}-2"), ("public", RUN))
