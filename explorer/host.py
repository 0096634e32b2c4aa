"""The server's own process: Streamlit, and meanwhile what the first visitor would otherwise wait for."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

#: None of these imports Streamlit, which the main thread is busy with. Those of the first page come first.
_HEAVY = ("duckdb", "explorer.library", "explorer.export", "taxonomy.countries", "taxonomy.languages", "pandas", "altair", "openpyxl")


def prepare() -> None:
    """Load what the pages import, and what they read once."""
    for name in _HEAVY:
        import_module(name)
        if name == "taxonomy.languages":
            _name_things()


def main() -> None:
    """Run Streamlit with the arguments of this process."""
    Thread(target=prepare, daemon=True).start()
    from streamlit.web.cli import main as streamlit

    streamlit(prog_name="streamlit")


def _name_things() -> None:
    from taxonomy import load_codebook
    from taxonomy.countries import country_name, numeric
    from taxonomy.languages import language_name

    load_codebook()
    for known in (country_name("BRA"), numeric("BRA"), language_name("en")):
        assert known


if __name__ == "__main__":
    main()
