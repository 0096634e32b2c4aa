"""The page's own parts: HTML and scripts from ``assets``, given data as JSON that they show as text and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_ASSETS = Path(__file__).with_name("assets")


def _part(name: str) -> Callable[..., Any]:
    style, script = ("\n".join((_ASSETS / f"{stem}.{ending}").read_text("utf-8") for stem in ("common", name)) for ending in ("css", "js"))
    return st.components.v2.component(f"suasion_{name}", html='<div class="root"></div>', css=style, js=script)


#: The filters, with their counts; triggers ``choice``.
panel = _part("panel")
#: The sentence over a page and the chips of its filters; triggers ``remove`` and ``clear``.
banner = _part("banner")
#: Topics as rows, their words, shares with intervals, and facts; triggers ``open`` and ``narrow``.
topics = _part("topics")
#: The list of quotes; triggers ``open``, ``narrow`` and ``collect``, and ``page`` where its data is ``linked``.
quotes = _part("quotes")
#: Ways of influence, each with its effect, its numbers and a quote; triggers ``read``, ``page`` and ``collect``.
ways = _part("ways")
#: A link before all others that leads past the menu and the filters.
skip = _part("skip")
#: Figures in large letters, each with its name.
figures = _part("figures")
#: A quote whose release is decided on, with the words that could lead to a person.
release = _part("release")
