"""Kill the whole run at a hundred points, let the next run go on, and see whether anything was lost, doubled or untrue.

    python -m benchmarks.torture [--points 100] [--seed 1] [--data DIR]

Each point kills ``suasion run`` and ``suasion publish`` for partners and the public (SIGKILL) over three made-up surveys, one of them
protected: on a new data folder, or where something is published already and answers came, changed and went since. Half of the points
are moments known by name, before and after each step that changes something, drawn evenly from all names; half are moments of the clock,
drawn from the time that a whole run took. The next run goes to its end. Then every answer must be there once, every span be true, every
passage be coded once; all tables and snapshots must equal those of a run that nobody killed; nothing temporary may be left and the lock
must be free. All the while another process opens what each view serves and must never be without it once it was there.

Real are the stages, the store and the commands around the flow. Not exercised: Prefect's server (tests/flows/test_surviving.py kills a
run of its), real models, power cuts (a killed process loses nothing that the system has taken), disks of a network, deaths of the
explorer, erasures and backups. The exit status is 1 where anything was wrong; that point's data folder is kept.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import structlog

import flows.survey
from benchmarks.torture_parts.mortal import Steps
from benchmarks.torture_parts.state import State, look
from benchmarks.torture_parts.witness import watching
from benchmarks.torture_parts.world import decide, everyday, first_arrival, second_arrival, whole_run
from store import Paths
from store.paths import FOLDER_MODE
from store.release import Quoted
from taxonomy import load_codebook

assert flows.survey.STAGES  # imported here once, not by each of the processes that are killed
assert structlog.wrap_logger

#: What a run begins with: nothing yet, or what an earlier one left and new files.
BEGINNINGS = ("new", "grown")
#: How often a death by the clock is tried again whose run had ended before.
_TRIES = 8


@dataclass(frozen=True)
class Calm:
    """A run that nobody killed: the folder it began with, its moments by name, its seconds, and what it left."""

    begins: Path
    moments: tuple[str, ...]
    seconds: float
    state: State


@dataclass(frozen=True)
class Point:
    """Where a run dies: at the moment of a number, or after so many seconds."""

    beginning: str
    moment: int | None
    seconds: float


def in_a_child(work: Callable[[], str], *, die_after: float | None = None) -> tuple[int, str]:
    """Do some work in a process of its own; return how it ended (minus the signal that killed it) and what it told.

    It is forked before anything opens DuckDB here, so that a death does not cost an interpreter's start.
    """
    told, tells = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(told)
            quiet = os.open(os.devnull, os.O_WRONLY)
            for stream in (1, 2):
                os.dup2(quiet, stream)
            said, status = work(), 0
        except BaseException as error:
            said, status = f"{type(error).__name__}: {error}", 1
        os.write(tells, said.encode()[:60_000])
        os._exit(status)
    os.close(tells)
    if die_after is not None:
        time.sleep(die_after)
        os.kill(pid, signal.SIGKILL)
    with open(told, encoding="utf-8") as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said


def run_in(paths: Paths, steps: Steps | None = None) -> Callable[[], str]:
    """Return the work of a whole run in a data folder, which tells its moments, and its seconds last."""

    def work() -> str:
        os.environ["SUASION_DATA"] = str(paths.root)
        counting = steps or Steps()
        with everyday(), counting.counted():
            began = time.perf_counter()
            whole_run()
            seconds = time.perf_counter() - began
        return "\n".join((*counting.met, str(seconds)))

    return work


def must(ended: tuple[int, str]) -> str:
    """Return what a child told that must not fail."""
    if ended[0]:
        raise SystemExit(f"A run that nobody killed ended with {ended[0]}: {ended[1]}")
    return ended[1]


def prepare(base: Path) -> dict[str, Calm]:
    """Run twice without killing anything, and keep what each run began with."""
    calm: dict[str, Calm] = {}
    # What all the processes that are killed need is loaded once.
    load_codebook()
    with everyday():
        pass
    paths = Paths(base / "calm")
    paths.root.mkdir(mode=FOLDER_MODE)
    first_arrival(paths)
    for name in BEGINNINGS:
        begins = Path(shutil.copytree(paths.root, base / name))
        *moments, seconds = must(in_a_child(run_in(paths))).splitlines()
        state = State.from_json(must(in_a_child(lambda: look(paths).to_json())))
        if state.faults:
            raise SystemExit("A run that nobody killed left: " + "; ".join(state.faults))
        calm[name] = Calm(begins, tuple(moments), float(seconds), state)
        if name == BEGINNINGS[0]:
            must(in_a_child(lambda: decide(paths, _some_quotes(paths)) or ""))
            second_arrival(paths)
    return calm


def _some_quotes(paths: Paths) -> list[Quoted]:
    query = """
        SELECT passage, answer, p.text, p.language FROM passages p JOIN answers a USING (answer)
        WHERE a.survey = 'b-closed' AND a."row" > 10 AND p.text NOT LIKE '%[%' ORDER BY passage LIMIT 8
    """
    with duckdb.connect(str(paths.work), read_only=True) as work:
        return [Quoted(*row) for row in work.execute(query).fetchall()]


def choose(calm: dict[str, Calm], count: int, seed: int) -> list[Point]:
    """Draw points: every other one a moment by its name, of which each name is as likely, and every other one by the clock."""
    draw = random.Random(seed)
    points = []
    for number in range(count):
        beginning = BEGINNINGS[number // 2 % 2]
        run = calm[beginning]
        if number % 2:
            points.append(Point(beginning, None, draw.uniform(0, run.seconds)))
        else:
            name = draw.choice(sorted(set(run.moments)))
            points.append(Point(beginning, draw.choice([n for n, each in enumerate(run.moments) if each == name]), 0.0))
    return points


def suffer(point: Point, calm: Calm, paths: Paths) -> tuple[str, list[str]]:
    """Kill a run at a point and let the next one end; return where it died and what is wrong."""
    for attempt in range(_TRIES):
        shutil.rmtree(paths.root, ignore_errors=True)
        shutil.copytree(calm.begins, paths.root)
        steps = Steps(point.moment)
        by_the_clock = None if point.moment is not None else point.seconds * 0.8**attempt
        with watching(paths) as seen:
            killed, said = in_a_child(run_in(paths, steps), die_after=by_the_clock)
            where = steps.where or "before the first step"
            after, told = in_a_child(run_in(paths)) if killed == -signal.SIGKILL else (0, "")
        if killed == -signal.SIGKILL:
            break
        if killed:
            return where, [f"the run ended by itself with {killed}: {said}"]
    else:
        return where, ["the run was never killed"]
    if after:
        return where, [f"the next run ended with {after}: {told}", *seen.faults]
    looked, found = in_a_child(lambda: look(paths).to_json())
    if looked:
        return where, [f"it could not be looked at: {found}", *seen.faults]
    state = State.from_json(found)
    unseen = [f"{view}: was never opened" for view in calm.state.views if not seen.opened[view]]
    return where, [*state.faults, *state.differences(calm.state), *seen.faults, *unseen]


def torture(base: Path, count: int, seed: int) -> int:
    """Kill runs at so many points in folders under ``base``, print a line for each, and return how many went wrong."""
    began = time.perf_counter()
    calm = prepare(base)
    for name, run in calm.items():
        print(f"{name}: {run.seconds:.1f} s and {len(run.moments)} moments ({len(set(run.moments))} names) without a death", flush=True)
    wrong = 0
    for number, point in enumerate(choose(calm, count, seed), start=1):
        paths = Paths(base / f"point-{number:03}")
        where, faults = suffer(point, calm[point.beginning], paths)
        how = f"{point.seconds:.2f} s" if point.moment is None else f"moment {point.moment}"
        print(f"{number:4}  {'WRONG' if faults else 'ok'}  {point.beginning:5}  {how}, {where}", flush=True)
        for fault in faults:
            print(f"        {fault}", flush=True)
        wrong += bool(faults)
        if not faults:
            shutil.rmtree(paths.root)
    print(f"{count} deaths, {wrong} with faults, seed {seed}, {time.perf_counter() - began:.0f} s")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, torture, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="an empty folder to work in, which stays; otherwise one that goes when all is well")
    asked = parser.parse_args(arguments)
    base = asked.data or Path(tempfile.mkdtemp(prefix="suasion-torture-"))
    base.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    wrong = torture(base.absolute(), asked.points, asked.seed)
    if wrong:
        print(f"Look at {base}")
    elif asked.data is None:
        shutil.rmtree(base)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
