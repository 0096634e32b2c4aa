"""The few rules that the theme cannot say."""

from __future__ import annotations

import streamlit as st


def apply() -> None:
    """Put the rules into the page."""
    st.html("""<style>
      [data-testid="stMainBlockContainer"] { max-width: 70rem; padding-inline: clamp(1rem, 4vw, 3.5rem); }
      [data-testid="stMainBlockContainer"]:focus { outline: none; }
      #suasion-skip { position: fixed; top: 0.6rem; left: 0.6rem; z-index: 1000000; padding: 0.5rem 0.9rem; border-radius: 6px; }
      #suasion-skip { color: #fdfcfa; background: #17507a; font-family: sans-serif; }
      #suasion-skip:not(:focus) { clip-path: inset(50%); }
      [data-testid="stSkipToContent"] { display: none; } /* ours leads past the same, and to no other address */
      [data-testid="stVegaLiteChart"] { max-width: 100%; overflow-x: auto; }
      .st-key-nameplate [data-testid="stText"] { font-size: 0.8rem; color: light-dark(#5d564c, #b5ad9f); }
      .st-key-nameplate [data-testid="stSelectbox"] [role="group"] { height: 2rem; min-height: 0; font-size: 0.8rem; background: none; }
      @media (min-width: 769px) {
        [data-testid="stMainBlockContainer"] > div { position: relative; }
        .st-key-nameplate { position: absolute; top: -0.9rem; right: 0; z-index: 1; }
      }
      div:has(> [data-testid="stMainMenu"]) { min-width: 0; width: auto; margin-left: auto; }
      [data-testid="stBaseButton-primary"]:enabled :is(p, span) { color: light-dark(#ffffff, #10151a); }
      [data-tag] :is(span, button) { color: light-dark(#ffffff, #10151a); }
      [data-testid="stCaptionContainer"] { opacity: 1; }
      [data-testid="stCaptionContainer"] :is(p, li) { color: light-dark(#5d564c, #b5ad9f) !important; }
      @media (max-width: 1100px) { [data-testid="stTopNavSection"], [data-testid="stTopNavLink"] { padding-inline: 0.25rem; } }
      @media (max-width: 1100px) { [data-testid="stButtonGroup"] [data-variant="segmented_control"] { padding-inline: 0.5rem; } }
      [class*="st-key-door-"] { padding: 1.4rem 1.5rem 1rem; border-top: 3px solid light-dark(#17507a, #8fc0e6); }
      [class*="st-key-door-"] h2 { padding: 0.1rem 0 0.5rem; }
      [class*="st-key-name-"] [data-testid="stText"] { font-size: 0.8rem; font-weight: 600; color: light-dark(#17507a, #8fc0e6); }
      [class*="st-key-about-"] { min-height: 6.6em; }
      [class*="st-key-pages-"] a { padding: 0.45rem 0; margin: 0; border-top: 1px solid light-dark(#e4dfd5, #37332b); border-radius: 0; }
      [class*="st-key-pages-"] a p { font-weight: 600; }
      [class*="st-key-pages-"] a::after { content: "→"; margin-left: auto; color: light-dark(#5d564c, #b5ad9f); }
      button[aria-label^="Download as CSV"] { display: none !important; } /* knows no formulas and no register: see downloads.py */
      body #vg-tooltip-element { max-width: min(26rem, 92vw); }
      body #vg-tooltip-element table tr td.key { vertical-align: top; }
      body #vg-tooltip-element table tr td.value { display: table-cell; max-width: 20rem; white-space: normal; }
      /* What leaves the page within a transition is held for ever by a library of Streamlit's, with all that stood around it. */
      [data-testid="stExpander"] details { transition: none !important; }
      .st-key-map { container-type: inline-size; }
      .st-key-map > * { max-height: calc(44cqi + 3.5rem); overflow: hidden; }
    </style>""")
