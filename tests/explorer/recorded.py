"""A store whose runs left their records: one took in two answers, one found nothing, one took in another answer and refused a row."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from models.tables import REJECTS
from store import Paths, Writer
from store.run_log import notice_record, run_log
from tests.synthetic import BANK, CLINIC, FACTORY, REPORTS, VERSIONS, Response, process

#: A name that stands in the reason of the refused row, and may stand nowhere on a page.
SECRET = "Zebulon Quartermaine"
FIRST = (Response("1", (BANK, CLINIC)), Response("2", (CLINIC,)))


def build_recorded(root: Path) -> Paths:
    """Make the store and publish it."""
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        first = writer.begin_run(["reports"], VERSIONS | {"coder": "before"})
        process(writer, REPORTS, FIRST, first)
        writer.record_stage(first, "reports", "ingest", came=2, made=2, rejected=0, skipped=0, seconds=0.5)
        writer.record_stage(first, "reports", "code", came=3, made=20, rejected=0, skipped=0, seconds=2)
        writer.finish_run(first, "done")
        writer.finish_run(writer.begin_run(["reports"], VERSIONS), "nothing new")
        latest = writer.begin_run(["reports"], VERSIONS)
        process(writer, REPORTS, (*FIRST, Response("3", (FACTORY,))), latest)
        refused = {"survey": "reports", "stage": "ingest", "file": "file.csv", "row": 4, "column": "land"}
        reason = f'unknown country "{SECRET}"; say what it stands for'
        writer.put_rejects(latest, "reports", "ingest", pa.Table.from_pylist([refused | {"reason": reason}], schema=REJECTS))
        writer.record_stage(latest, "reports", "ingest", came=4, made=1, rejected=1, skipped=2, seconds=0.5)
        failed = {"event": "failed", "survey": "reports", "stage": "code", "kind": "ValueError", "places": ["coder.py:12 code"]}
        run_log(paths).append(json.dumps({"run": latest, **failed}))
        notice_record(paths).append(
            json.dumps({"run": latest, "way": "e-mail", "sent": True, "fault": "", "said": ["a run partly failed"]})
        )
        writer.publish("internal", latest)
    return paths
