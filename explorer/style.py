"""The few rules that the theme cannot say."""

from __future__ import annotations

import streamlit as st


def apply() -> None:
    """Put the rules into the page."""
    st.html("""<style>
      [data-testid="stMainBlockContainer"] { max-width: 70rem; padding-inline: clamp(1rem, 4vw, 3.5rem); }
      [data-testid="stVegaLiteChart"] { max-width: 100%; overflow-x: auto; }
      .st-key-nameplate p, .st-key-nameplate [data-testid="stText"] { font-size: 0.8rem; color: #5d564c; }
      @media (min-width: 769px) { .st-key-nameplate { margin-bottom: -3rem; position: relative; z-index: 1; } }
      button[aria-label^="Download as CSV"] { display: none !important; } /* knows no formulas and no register: see downloads.py */
      .st-key-pages { display: none; }
      @media (max-width: 768px) { .st-key-pages { display: flex; } }
      body #vg-tooltip-element { max-width: min(26rem, 92vw); }
      body #vg-tooltip-element table tr td.key { vertical-align: top; }
      body #vg-tooltip-element table tr td.value { display: table-cell; max-width: 20rem; white-space: normal; }
      .st-key-map { container-type: inline-size; }
      .st-key-map > * { max-height: calc(44cqi + 3.5rem); overflow: hidden; }
    </style>""")
