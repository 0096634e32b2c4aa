"""The server's own process: Streamlit, and meanwhile what the first visitor would otherwise wait for."""

from __future__ import annotations

import atexit
import gc
import os
from contextlib import suppress
from importlib import import_module
from threading import Thread

#: Those of the first page come first.
_HEAVY = ("duckdb", "explorer.library", "explorer.export", "taxonomy.countries", "taxonomy.languages", "pandas", "openpyxl")


def prepare() -> None:
    """Load what the pages import, and what they read once."""
    for name in _HEAVY:
        import_module(name)
        if name == "taxonomy.languages":
            _name_things()


def settle() -> None:
    """Take what is loaded for good out of the collector's sight.

    Streamlit collects all garbage whenever a script has run to its end. With half a million objects of loaded modules that costs more
    than drawing the page; without them some milliseconds. A snapshot that is open by now would never be closed: then all stays as it is.
    """
    from explorer import libraries

    with libraries.none_open() as none:
        if none:
            gc.collect()
            gc.freeze()
            atexit.register(gc.unfreeze)  # libraries tell of leaks where the interpreter leaves objects behind


def warm() -> None:
    """Open the snapshots that may be asked for; what is wrong with one, the page says that shows it."""
    from explorer import libraries
    from explorer.access import ROLES
    from explorer.server import ROLE
    from store import Paths
    from taxonomy.errors import SuasionError

    chosen = os.environ.get(ROLE)
    for view in sorted({role.view for role in ROLES.values() if chosen in (None, role.id)}):
        with suppress(SuasionError, OSError):
            libraries.prepare(Paths.default(), view)


def main() -> None:
    """Run Streamlit with the arguments of this process."""
    from streamlit.web.cli import main as streamlit

    # Not before: two threads that import packages with circles in them can meet a half-made module.
    Thread(target=_make_ready, daemon=True).start()
    streamlit(prog_name="streamlit")


def _make_ready() -> None:
    prepare()
    settle()
    warm()


def _name_things() -> None:
    from explorer.charts import mapped
    from taxonomy import load_codebook
    from taxonomy.countries import country_name, numeric
    from taxonomy.languages import language_name

    load_codebook()
    for known in (country_name("BRA"), numeric("BRA"), language_name("en"), mapped()):
        assert known


if __name__ == "__main__":
    main()
