"""Measure the explorer with many people at once, and whether it grows over many changes of one.

    SUASION_DATA=… python benchmarks/crowd.py [--people 20] [--actions 12] [--think 4] [--changes 200]

The people are sessions of Streamlit's own protocol, without a browser: twenty browsers would take the two cores that are measured. Each
opens a page, thinks, changes a filter or the page, and so on; what counts is the time until the script has run to its end. Then
one session changes filters so many times; the server's memory is told after a quarter of them and at the end.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from browsing import processor_seconds, served
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from store import Filters, Paths, Reader

VISITED = ("quotes", "influence", "quotes", "country", "quotes", "topics", "quotes", "improved")
WAIT = 120


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--actions", type=int, default=12)
    parser.add_argument("--think", type=float, default=4.0, help="seconds between two actions, on average")
    parser.add_argument("--changes", type=int, default=200)
    asked = parser.parse_args()
    paths = Paths.default()
    with closing(Reader.open(paths)) as reader:
        passages = reader.count(Filters()).passages
        met = reader.facet_counts(Filters()).to_pylist()
    values = [(row["facet"], row["code"]) for row in met if row["facet"] in ("country", "actor", "mechanism", "right", "effect")]
    with served(paths) as server:
        time.sleep(10)
        print(f"{passages:,} passages, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {megabytes(server.process):,} MB before")
        spent = processor_seconds(server.process)
        times: list[float] = []
        people = [
            threading.Thread(target=person, args=(server.address, values, asked.actions, asked.think, random.Random(number), times))
            for number in range(asked.people)
        ]
        for each in people:
            each.start()
        for each in people:
            each.join()
        late = sorted(times)[math.ceil(0.95 * len(times)) - 1]
        own = (processor_seconds(server.process) - spent) / len(times)
        print(
            f"{asked.people} people, {len(times)} actions: median {statistics.median(times):.2f} s, 95 % within {late:.2f} s, "
            f"{own:.2f} s of processor each, {megabytes(server.process):,} MB, load {os.getloadavg()[0]:.1f}"
        )
        one = random.Random(0)
        with session(server.address) as socket:
            for number in range(1, asked.changes + 1):
                act(socket, "quotes", dict(one.sample(values, 2)))
                if number in (asked.changes // 4, asked.changes):
                    print(f"after {number} changes of one session: {megabytes(server.process):,} MB")


def person(address: str, values: list[tuple[str, str]], actions: int, think: float, own: random.Random, times: list[float]) -> None:
    """Act so many times with pauses in between; put the seconds that each took into ``times``."""
    with session(address) as socket:
        for number in range(actions):
            time.sleep(own.uniform(0, 2 * think))
            times.append(act(socket, VISITED[number % len(VISITED)], dict(own.sample(values, own.randint(0, 2)))))


@contextmanager
def session(address: str) -> Iterator[ClientConnection]:
    """Open a session."""
    with connect(f"{address.replace('http', 'ws')}/_stcore/stream", origin=address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[arg-type,list-item]
        yield socket


def act(socket: ClientConnection, page: str, selected: dict[str, str]) -> float:
    """Ask for a page with a selection; return the seconds until its script has run to its end."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = urlencode(selected or {"view": "all"})
    began = time.perf_counter()
    socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(bytes(socket.recv(timeout=WAIT)))
        if answer.WhichOneof("type") == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return time.perf_counter() - began


def megabytes(process: int) -> int:
    """Return how much memory a process holds."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


if __name__ == "__main__":
    main()
