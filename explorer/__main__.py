"""``python -m explorer``: what ``suasion explore`` starts. A program of its own, which cannot reach the writer's modules."""

from __future__ import annotations

import argparse
import sys

from explorer.server import PORT, serve
from store import Paths


def main() -> int:
    """Serve the explorer until it is stopped; return its exit status."""
    parser = argparse.ArgumentParser(prog="suasion explore")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--view", default="internal")
    parser.add_argument("--no-browser", action="store_true")
    arguments = parser.parse_args()
    return serve(Paths.default(), arguments.view, arguments.port, headless=arguments.no_browser)


if __name__ == "__main__":
    sys.exit(main())
