"""The few rules that the theme cannot say."""

from __future__ import annotations

import streamlit as st


def apply() -> None:
    """Put the rules into the page."""
    st.html("""<style>
      [data-testid="stMainBlockContainer"] { max-width: 70rem; padding-inline: clamp(1rem, 4vw, 3.5rem); }
      [data-testid="stVegaLiteChart"] { max-width: 100%; overflow-x: auto; }
      .st-key-pages { display: none; }
      @media (max-width: 768px) { .st-key-pages { display: flex; } }
      body #vg-tooltip-element { max-width: min(26rem, 92vw); }
      body #vg-tooltip-element table tr td.key { vertical-align: top; }
      body #vg-tooltip-element table tr td.value { display: table-cell; max-width: 20rem; white-space: normal; }
      .st-key-map { container-type: inline-size; }
      .st-key-map > * { max-height: calc(44cqi + 3.5rem); overflow: hidden; }
    </style>""")
