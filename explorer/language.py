"""The language in which rights, codes, countries and languages are named. The explorer's own sentences are English in all of them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

#: The parameter of the link that says it, wherever it is not English.
PARAMETER = "names"
DEFAULT = "en"
#: As each calls itself.
LANGUAGES: Mapping[str, str] = {DEFAULT: "English", "es": "Español", "fr": "Français", "pt": "Português", "ko": "한국어"}
_CHOSEN, _CHOOSER = "language", "language-chooser"


def chosen() -> str:
    """Return the language of this visit: the one in the link, or the one before where a menu dropped all parameters."""
    if st.query_params:
        asked = st.query_params.get(PARAMETER, DEFAULT)
        st.session_state[_CHOSEN] = asked if asked in LANGUAGES else DEFAULT
    found: str = st.session_state.get(_CHOSEN, DEFAULT)
    return found


def parameters() -> dict[str, list[str]]:
    """Return what a link says of the language: nothing where it is English."""
    language = chosen()
    return {} if language == DEFAULT else {PARAMETER: [language]}


def unknown() -> tuple[str, ...]:
    """Return what the link asks for in vain."""
    return tuple(f"{PARAMETER}={asked}" for asked in st.query_params.get_all(PARAMETER) if asked not in LANGUAGES)


def chooser() -> None:
    """Draw the choice, and say in the link what was chosen."""
    language = chosen()
    if parameters() and st.query_params.get(PARAMETER) != language:
        st.query_params[PARAMETER] = language
    st.session_state[_CHOOSER] = language
    st.selectbox(
        "Language of names", list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=_CHOOSER, label_visibility="collapsed", width=130,
        on_change=_chose,
    )  # fmt: skip


def _chose() -> None:
    language = st.session_state[_CHOOSER]
    st.session_state[_CHOSEN] = language
    if language == DEFAULT:
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = language
