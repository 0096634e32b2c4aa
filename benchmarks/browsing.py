"""Measure how long a person waits for the explorer, in a real Chromium.

    python benchmarks/browsing.py [--repeats 15]

Where ``SUASION_DATA`` holds a published snapshot, that one is served; otherwise the shipped surveys are coded into a temporary
folder first. Each opening has a fresh browser context. A filter change is counted from the click to the frame that shows the new
headline count, and to the frame that shows the new list; every choice is one that the server has not answered before. The
script's time is what lies between the browser's message and the last that comes back.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from explorer.server import launch
from store import Paths, Reader
from store.filters import Filters

ROOT = Path(__file__).parents[1]
SURVEYS = ("example-three-questions", "hrmi-people-at-risk", "state-department-2023")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
EVERYTHING = "/?view=all"
WAIT = 60_000
#: Streamlit's parts come in when they are done; so long after the last one nothing else is expected.
QUIET = 700

#: Clicks a box; resolves with the milliseconds until the headline and the list had changed and a frame had shown them.
#: A list whose first page stays the same (null) is not counted.
_CLICK = """
async (box, [tally, article]) => {
  const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(() => shown(performance.now()))));
  const changed = (node) => new Promise((done) => {
    new MutationObserver((_, observer) => { observer.disconnect(); frame().then(done); }).observe(node, { childList: true });
  });
  const headline = changed(tally.parentNode);
  const list = changed(article.parentNode);
  const began = performance.now();
  box.click();
  const shown = await headline - began;
  const listed = await Promise.race([list, new Promise((late) => setTimeout(late, 2000, null))]);
  return [shown, listed && listed - began];
}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("no Chromium found: install Debian's chromium")
    with data() as paths, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        reader = Reader.open(paths)
        passages = reader.count(Filters()).passages
        reader.close()
        measured: dict[str, list[float]] = {"first opening on a fresh server": []}
        for _ in range(repeats):
            with served(paths) as address:
                measured["first opening on a fresh server"].append(opening(browser, address + EVERYTHING))
        with served(paths) as address:
            opening(browser, address + EVERYTHING)
            measured["opening Quotes"] = [opening(browser, address + EVERYTHING) for _ in range(repeats)]
            measured["opening Overview"] = [opening(browser, f"{address}/overview?view=all", 3) for _ in range(repeats)]
            changes = filter_changes(browser, address, repeats)
        for place, name in enumerate(("filter change: headline", "filter change: list", "filter change: script")):
            measured[name] = [milliseconds for change in changes if (milliseconds := change[place]) is not None]
        browser.close()
    print(f"{passages:,} passages, {repeats} repeats, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"{'':34}{'median':>10}{'95th percentile':>18}")
    for name, times in measured.items():
        print(f"{name:34}{statistics.median(times):>7,.0f} ms{percentile(times, 0.95):>15,.0f} ms")


def percentile(times: list[float], share: float) -> float:
    """Return the smallest of the times that at least this share does not exceed."""
    return sorted(times)[math.ceil(share * len(times)) - 1]


@contextmanager
def data() -> Iterator[Paths]:
    """Give the snapshot of ``SUASION_DATA``, or else one of the shipped surveys."""
    paths = Paths.default()
    if "SUASION_DATA" in os.environ and Reader.current_id(paths):
        yield paths
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder) / "data")
        shutil.copytree(ROOT / "data" / "raw", paths.root / "raw")
        print("Coding the shipped surveys…", file=sys.stderr)
        environment = os.environ | {"SUASION_DATA": str(paths.root)}
        subprocess.run([sys.executable, "-m", "flows", "run", *SURVEYS], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        yield paths


@contextmanager
def served(paths: Paths) -> Iterator[str]:
    """Run a server; give its address as soon as it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = launch(paths, port=port, headless=True)
    process = subprocess.Popen(start.command, env=dict(start.environment), stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        while not answers(f"{address}/_stcore/health"):
            if process.poll() is not None:
                raise SystemExit("the server ended")
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    """Say whether a server answers."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def opening(browser: Browser, address: str, charts: int = 0) -> float:
    """Open a page in a fresh context; return the milliseconds until its quotes, or its charts, are there."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    if charts:
        page.locator('[data-testid="stVegaLiteChart"] :is(canvas, svg)').nth(charts - 1).wait_for(timeout=WAIT)
    else:
        page.locator("article").first.wait_for(timeout=WAIT)
    took = (time.perf_counter() - began) * 1000
    context.close()
    return took


def filter_changes(browser: Browser, address: str, repeats: int) -> list[tuple[float, float | None, float]]:
    """Tick one country after another; return the milliseconds to the headline, to the list, and of the script, for each."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.goto(address + EVERYTHING)
    page.locator("article").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(2 * QUIET)
    boxes = page.locator("details", has=page.locator("summary", has_text="Country")).locator("li input")
    changes = []
    for number in range(min(repeats, boxes.count())):
        sent, received = frames(page)
        parts = [page.locator(name).first.element_handle() for name in (".tally", "article")]
        headline, listed = boxes.nth(number).evaluate(_CLICK, parts)
        page.wait_for_timeout(QUIET)
        changes.append((headline, listed, (received[-1] - sent[0]) * 1000))
    context.close()
    return changes


def frames(page: Page) -> tuple[list[float], list[float]]:
    """Return two lists that the times of the messages to and from the server will be put into."""
    sent: list[float] = []
    received: list[float] = []
    session: Any = page.context.new_cdp_session(page)
    session.on("Network.webSocketFrameSent", lambda event: sent.append(event["timestamp"]))
    session.on("Network.webSocketFrameReceived", lambda event: received.append(event["timestamp"]))
    session.send("Network.enable")
    return sent, received


if __name__ == "__main__":
    main()
