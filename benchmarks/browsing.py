"""Measure how long a person waits for the explorer, in a real Chromium.

    python benchmarks/browsing.py [--repeats 15] [--pages quotes …]
    python benchmarks/browsing.py --memory 200         # instead: whether a page's scripts hold more and more

Where ``SUASION_DATA`` holds a published snapshot, that one is served (``benchmarks/replicas.py`` makes large ones); otherwise the
shipped surveys are coded into a temporary folder first. Each opening has a fresh browser context and ends when the page's script has run
to its end and nothing on it is stale. A filter change is counted from the click to the frame that shows the new headline, and to the end
of the whole page; every choice is one that the server has not answered before. A search is counted from the key to its end. What the
server itself spent of processor time on each is told too: on a machine with other work it says more than the clock.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Locator, Page, sync_playwright

from explorer.server import launch
from store import Paths, Reader
from store.filters import Filters

ROOT = Path(__file__).parents[1]
SURVEYS = ("example-three-questions", "hrmi-people-at-risk", "state-department-2023")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
EVERYTHING = "view=all"
WAIT = 60_000
#: Between two changes, and until meaning can be searched, in milliseconds.
QUIET, GETTING_READY = 400, 15_000
#: Pages that everybody opens, and those in which a filter is changed.
PAGES = ("home", "quotes", "topics", "influence", "country", "actor", "improved", "numbers", "pack", "quality", "codebook", "runs")
FILTERED = ("quotes", "influence", "country", "improved", "topics")
#: Those whose memory is watched.
WATCHED = ("quotes", "influence", "country", "topics")
ASKED = (
    "suing critics", "union leaders", "indígenas", "trabalhadores rurais", "mines water", "wage theft", "land grabs", "journalists",
    "banks debt", "police", "노동조합", "jornalistas", "strike", "pollution", "child labour", "evictions",
)  # fmt: skip

#: The script has run to its end, charts are drawn, and a frame has shown what it sent.
_DONE = """() => {
  const all = (name) => [...document.querySelectorAll(`[data-testid=${name}]`)];
  return all('stApp')[0]?.dataset.testScriptState === 'notRunning' && all('stElementContainer').length > 3 && !all('stSkeleton').length
    && all('stVegaLiteChart').every((chart) => chart.querySelector('canvas, svg')) && !document.querySelector('[data-stale=true]');
}"""
#: From the next click or key on: the milliseconds until the headline had changed, and until the script had run to its end.
_WATCH = """
(tally) => {
  const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(() => shown(performance.now()))));
  const app = document.querySelector('[data-testid=stApp]');
  let began;
  const start = () => { began ??= performance.now(); };
  for (const kind of ['click', 'keydown']) document.addEventListener(kind, start, { capture: true, once: true });
  const headline = new Promise((done) => {
    new MutationObserver((_, observer) => { observer.disconnect(); frame().then(done); }).observe(tally.parentNode, { childList: true });
  });
  const whole = new Promise((done) => {
    let ran = false;
    new MutationObserver((_, observer) => {
      const running = app.dataset.testScriptState !== 'notRunning';
      if (ran && !running) { observer.disconnect(); frame().then(done); }
      ran ||= running;
    }).observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] });
  });
  window.measured = whole.then(async (ended) => {
    const shown = await Promise.race([headline, new Promise((late) => setTimeout(late, 100, null))]);
    return [shown && shown - began, ended - began];
  });
}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--pages", nargs="+", default=list(PAGES))
    parser.add_argument("--memory", type=int, metavar="CHANGES", help="change filters so many times on each page, and tell what it holds")
    asked = parser.parse_args()
    repeats = asked.repeats
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("no Chromium found: install Debian's chromium")
    with data() as paths, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        with closing(Reader.open(paths)) as reader:
            passages = reader.count(Filters()).passages
            quote = reader.quotes(Filters(), limit=1)["quote"][0].as_py()
        print(f"{passages:,} passages, {repeats} repeats, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        if asked.memory:
            with served(paths) as server:
                for page in (page for page in WATCHED if page in asked.pages):
                    print(memory(browser, f"{server.address}/{page}?{EVERYTHING}", page, asked.memory), flush=True)
            return
        print(f"{'':38}{'median':>10}{'95 % within':>15}{'server':>12}{'load':>7}")
        for _ in range(2):
            with served(paths) as server:
                report("first opening on a fresh server", [opening(browser, f"{server.address}/quotes?{EVERYTHING}")])
        with served(paths) as server:
            for page in asked.pages:
                visit = partial(opening, browser, f"{server.address}/{page}?{EVERYTHING}")
                report(f"{page}: the very first", *timed(server, visit, 1))
                report(f"{page}: opening", *timed(server, visit, repeats))
            report("quote: opening", *timed(server, partial(opening, browser, f"{server.address}/quote?quote={quote}"), repeats))
            for page in (page for page in FILTERED if page in asked.pages):
                before = processor_seconds(server.process)
                changes = filter_changes(browser, f"{server.address}/{page}?{EVERYTHING}", repeats)
                spent = (processor_seconds(server.process) - before) * 1000 / len(changes)
                report(f"{page}: filter change, headline", [headline for headline, _ in changes if headline is not None])
                report(f"{page}: filter change, whole page", [whole for _, whole in changes], spent)
            for how in ("Words", "Words and meaning"):
                report(f"quotes: search by {how.lower()}", searches(browser, f"{server.address}/quotes?{EVERYTHING}", how, repeats))
        browser.close()


def timed(server: Server, visit: Callable[[], float], repeats: int) -> tuple[list[float], float]:
    """Return how long visits took, and the processor time in milliseconds that the server spent on each."""
    before = processor_seconds(server.process)
    found = [visit() for _ in range(repeats)]
    return found, (processor_seconds(server.process) - before) * 1000 / repeats


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(name: str, times: Sequence[float], spent: float | None = None) -> None:
    """Print the median, the smallest of the times that at least 95 % do not exceed, and the server's own time for each."""
    if times:
        late = sorted(times)[math.ceil(0.95 * len(times)) - 1]
        own = "" if spent is None else f"{spent:,.0f} ms"
        print(f"{name:38}{statistics.median(times):>7,.0f} ms{late:>12,.0f} ms{own:>12}{os.getloadavg()[0]:>7.1f}", flush=True)


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


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and its process."""

    address: str
    process: int


@contextmanager
def served(paths: Paths) -> Iterator[Server]:
    """Run a server; give it as soon as it answers."""
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
        yield Server(address, process.pid)
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


def opening(browser: Browser, address: str) -> float:
    """Open a page in a fresh context; return the milliseconds until all of it is there."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(_DONE, timeout=WAIT)
    took = (time.perf_counter() - began) * 1000
    context.close()
    return took


def filter_changes(browser: Browser, address: str, repeats: int) -> list[tuple[float | None, float]]:
    """Tick one country after another; return the milliseconds to the new headline and to the whole page, for each."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    opened(page, address)
    boxes = countries(page)
    changes = [change(page, boxes.nth(number)) for number in range(min(repeats, boxes.count()))]
    context.close()
    return changes


def countries(page: Page) -> Locator:
    """Return the boxes of the filter by country."""
    return page.locator("details", has=page.locator("summary", has_text="Country")).locator("li input")


def change(page: Page, box: Locator) -> tuple[float | None, float]:
    """Tick a box, or untick it; return the milliseconds to the new headline, if one came, and to the whole page."""
    page.locator(".tally").first.evaluate(_WATCH)
    box.evaluate("(box) => box.click()")
    headline, whole = page.evaluate("window.measured")
    page.wait_for_timeout(QUIET)
    return headline, whole


def memory(browser: Browser, address: str, name: str, changes: int) -> str:
    """Tick and untick countries; say what the page's scripts held, once all garbage was collected, at the start and with each quarter.

    What grows with each change would grow on and on; what is kept ready for the next one levels out.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    opened(page, address)
    tool = context.new_cdp_session(page)
    tool.send("Performance.enable")
    boxes = countries(page)
    held = [in_use(tool)]
    for number in range(changes):
        change(page, boxes.nth(number // 2 % boxes.count()))
        if (number + 1) % max(changes // 4, 1) == 0:
            held.append(in_use(tool))
    context.close()
    return f"{name}: {', '.join(f'{megabytes:.1f} MB ({nodes:,} nodes)' for megabytes, nodes in held)} over {changes} changes"


def in_use(tool: CDPSession) -> tuple[float, int]:
    """Return the megabytes that the page's scripts hold, and its nodes, once all garbage was collected."""
    tool.send("HeapProfiler.collectGarbage")
    found = {metric["name"]: metric["value"] for metric in tool.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 1e6, int(found["Nodes"])


def searches(browser: Browser, address: str, how: str, repeats: int) -> list[float]:
    """Search for one text after another; return the milliseconds until all that was found is there."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    opened(page, address)
    page.get_by_role("radio", name=how, exact=True).click()
    page.wait_for_timeout(QUIET)
    field = page.get_by_label("Search in the quotes")
    times = []
    for text in ("first", *ASKED[:repeats]):
        field.fill(text)
        page.locator(".tally").first.evaluate(_WATCH)
        field.press("Enter")
        times.append(page.evaluate("window.measured")[1])
        page.wait_for_timeout(GETTING_READY if text == "first" and how != "Words" else QUIET)
    context.close()
    return times[1:]


def opened(page: Page, address: str) -> None:
    """Open a page and wait until nothing moves on it."""
    page.goto(address)
    page.wait_for_function(_DONE, timeout=WAIT)
    page.wait_for_timeout(2 * QUIET)


if __name__ == "__main__":
    main()
