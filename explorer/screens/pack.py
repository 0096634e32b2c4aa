"""Story pack: the quotes that somebody collected, in order, with notes, to be taken away with citations and what others say."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer import collecting, components, pack_shelf
from explorer.citation import CitationError, cited, reference
from explorer.denominator import stands_for
from explorer.downloads import download
from explorer.frame import page_head
from explorer.literal import literal
from explorer.quote_card import collected
from explorer.session import Visit, present
from explorer.story import Quote, Story, missing
from explorer.story_document import to_docx
from explorer.story_text import to_html, to_markdown
from explorer.tray import LARGEST_FILE, LONGEST_NOTE, LONGEST_TITLE, Collected, Tray, TrayError, opened, saved

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EMPTY = "Open Quotes, and press “Collect” on those you want to tell of. They wait here, in your order, with your notes."
_KEPT = "The pack is kept while this window is open: a reload empties it. Save the tray to go on another day."
_ABOUT = "Each quote leaves with its words to the letter, its citation, what it stands for, and how it was coded and by what."


def pack_page(visit: Visit) -> None:
    """Draw the page."""
    page_head(visit.grant)
    st.title("Story pack", anchor=False)
    st.text(_ABOUT)
    if told := st.session_state.pop("pack-told", None):
        st.warning(literal(told), icon=":material/info:")
    tray = collecting.tray()
    if not tray.quotes:
        st.subheader("Nothing collected yet", anchor=False)
        st.text(_EMPTY)
        st.page_link("screens/quotes.py", label="Find quotes", icon=":material/search:")
        _reopen()
        return
    here = pack_shelf.present(tray, visit.library)
    gone = missing(tray, here)
    barred = tuple(quote for quote, row in here.items() if not _citable(row, visit))
    _title(tray)
    _refused(gone, barred)
    _files(visit, tray, open_to=not gone and not barred)
    for place, held in enumerate(tray.quotes):
        with st.container(border=True, key=f"collected-{held.quote}"):
            _collected(visit, held, place, len(tray.quotes), here.get(held.quote))
    _reopen()


def _title(tray: Tray) -> None:
    st.text_input(
        "Title of the story", tray.title, key="pack-title", max_chars=LONGEST_TITLE, placeholder="Story pack",
        on_change=lambda: collecting.keep(collecting.tray().titled(str(st.session_state["pack-title"] or ""))),
    )  # fmt: skip


def _refused(gone: tuple[str, ...], barred: tuple[str, ...]) -> None:
    """Say by name which quotes cannot leave, and offer to take them out."""
    for quotes, why in (
        (gone, "withdrawn, or no longer released, since you collected them"),
        (barred, "invented, so that nobody said them"),
    ):
        if quotes:
            many = "this quote is" if len(quotes) == 1 else f"these {len(quotes)} quotes are"
            st.error(literal(f"The pack cannot be taken as it is: {many} {why}: {', '.join(quotes)}"), icon=":material/block:")
    if gone or barred:
        st.button("Take them out", key="pack-mend", on_click=lambda: collecting.keep(collecting.tray().without((*gone, *barred))))


def _files(visit: Visit, tray: Tray, *, open_to: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="pack-files"):
        opposed = st.toggle("With quotes that say the opposite", value=True, key="pack-opposed", width="stretch")
        name = f"suasion-story-{visit.library.snapshot.id}"

        def made(render: Callable[[Story], bytes], kind: str) -> Callable[[], bytes]:
            return lambda: pack_shelf.handed(visit, tray, render, f"story pack {kind}", opposed=opposed)

        if open_to:
            download(
                visit, "pack-docx", "DOCX", made(to_docx, "DOCX"), f"{name}.docx",
                _DOCX, key="pack-docx", help="The story pack as DOCX, with citations and how it was made",
            )  # fmt: skip
            download(
                visit, "pack-html", "HTML", made(to_html, "HTML"), f"{name}.html",
                "text/html", key="pack-html", help="The story pack as a web page that loads and runs nothing",
            )  # fmt: skip
            download(
                visit, "pack-md", "Markdown", made(to_markdown, "Markdown"),
                f"{name}.md", "text/markdown", key="pack-md", help="The story pack as Markdown, every sign of an answer escaped",
            )  # fmt: skip
        download(
            visit, "pack-tray", "Save the tray", lambda: saved(tray), "suasion-tray.json", "application/json", key="pack-tray",
            help="Order, notes and ids, without any words of an answer: open it here later, or send it to a colleague",
        )  # fmt: skip
    st.caption(_KEPT)


def _collected(visit: Visit, held: Collected, place: int, many: int, quote: Quote | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"order-{held.quote}"):
        st.text(f"{place + 1} of {many}", width="stretch")
        up = st.button("Up", icon=":material/arrow_upward:", key=f"up-{held.quote}", type="tertiary", disabled=place == 0)
        down = st.button("Down", icon=":material/arrow_downward:", key=f"down-{held.quote}", type="tertiary", disabled=place == many - 1)
        out = st.button("Take out", icon=":material/close:", key=f"out-{held.quote}", type="tertiary")
    if quote is None:
        st.text(f"Quote {held.quote}: withdrawn, or no longer released.")
    else:
        _words(visit, quote)
    st.text_area(
        literal(f"Your note on quote {held.quote}"), held.note, key=f"note-{held.quote}", max_chars=LONGEST_NOTE, height=80,
        label_visibility="collapsed", placeholder="Your note: it stands before the quote",
        on_change=lambda: collecting.keep(collecting.tray().noted(held.quote, str(st.session_state[f"note-{held.quote}"] or ""))),
    )  # fmt: skip
    if up or down or out:
        now = collecting.tray()
        collecting.keep(now.without([held.quote]) if out else now.moved(held.quote, -1 if up else 1))
        st.rerun()


def _words(visit: Visit, quote: Quote) -> None:
    library, key = visit.library, f"words-{quote['quote']}"
    notes = [_under(visit, quote), stands_for(quote, library), *pack_shelf.caveats(quote, library)]
    drawn = components.quotes(
        key=key, data=collected(quote, notes, library) | {"linked": True}, on_open_change=lambda: None, on_narrow_change=lambda: None,
        on_page_change=lambda: None,
    )  # fmt: skip
    collecting.follow(drawn)


def _under(visit: Visit, quote: Quote) -> str:
    return reference(cited(quote, visit.library)) if _citable(quote, visit) else f"invented – not to be cited; quote {quote['quote']}"


def _citable(quote: Quote, visit: Visit) -> bool:
    try:
        cited(quote, visit.library)
    except CitationError:
        return False
    return True


def _reopen() -> None:
    """Offer to go on with a tray that was saved; what is refused leaves the present one as it is."""
    with st.expander("Open a saved tray"):
        sent = st.file_uploader("A tray that was saved here", type="json", key=f"pack-open-{st.session_state.get('pack-opened', 0)}")
        if sent is None:
            return
        try:
            if sent.size > LARGEST_FILE:
                raise TrayError("this file is larger than any tray that was saved here")
            collecting.keep(opened(sent.getvalue()))
        except TrayError as error:
            st.session_state["pack-told"] = f"Not opened. {error}"
        # A new uploader: a file that was read is not read again at every look.
        st.session_state["pack-opened"] = st.session_state.get("pack-opened", 0) + 1
        st.rerun()


present(pack_page, "pack")
