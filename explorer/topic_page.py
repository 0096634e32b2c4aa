"""The page of one topic: its words, quotes, codes, places and times, what became of it, and how people name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from explorer import components, door, topic_map, topic_view
from explorer.cards import cards, whole_answers
from explorer.few import withheld
from explorer.filters import filters_of, narrowed
from explorer.frame import heading, sidebar
from explorer.headline import tally
from explorer.literal import literal
from explorer.palette import in_theme
from explorer.provenance import where_from
from explorer.quote_list import list_data
from explorer.session import Visit
from store import Filters
from store.filters import TOPIC
from store.reader import Counts
from store.release import LONGEST_WHO
from store.topic_decisions import LONGEST_NAME, TOPIC_NAME
from taxonomy.errors import StoreError

_CENTRAL = 3
_PLACES = ("country", "language", "wave", "actor")
_MAP_HEIGHT = 330
#: Decisions are those of the people who run the project: who they are is told nowhere else.
_DECIDED_IN = "internal"

Row = Mapping[str, Any]


def topic_page(visit: Visit, survey: str, topic: Row, model: Row) -> None:
    """Draw the page of a topic; its figures are those under the filters."""
    library, here = visit.library, topic_view.of_survey(visit.filters, survey)
    counts = Counts(topic["size"], topic["answers"], topic["units"])
    marks = "".join(f" · {tag}" for tag in topic_view.tags(topic))
    said = f"{tally(counts, [library.surveys[survey].has_respondents])} · stability {topic_view.decimal(topic['stability'])}{marks}"
    within = narrowed(here, {TOPIC: (topic["topic"],)}, library.options)
    heading(
        visit,
        f"Topic {topic_view.number(topic['topic'])} · {library.surveys[survey].title}",
        counts,
        title=topic["name"],
        said=said,
        within=within,
    )
    sidebar(visit)
    _ways(visit, survey, topic)
    _about(visit, survey, topic, model)
    if topic["size"] == 0:
        st.subheader("No passage of this topic matches the filters", anchor=False)
        st.text("Take a filter away above to see its quotes and figures.")
    else:
        _quotes(visit, topic, here)
        _shares(visit, survey, topic, here)
    _decisions(visit, survey, topic)
    st.space("large")
    components.topics(key="model", data={"calm": True, "facts": topic_view.model_facts(model, library)}, on_open_change=lambda: None)
    where_from(visit, within)


def _ways(visit: Visit, survey: str, topic: Row) -> None:
    with st.container(horizontal=True, gap="small", key="ways"):
        if st.button("All topics", icon=":material/arrow_back:", key="back"):
            visit.open("")
            st.rerun()
        of = "Read its quotes" if topic["suppressed"] else f"Read its {topic['size']:,} {'quote' if topic['size'] == 1 else 'quotes'}"
        if st.button(of, icon=":material/format_quote:", type="primary", key="read", disabled=topic["size"] == 0):
            visit.show(narrowed(visit.filters, {TOPIC: (topic["topic"],), "survey": (survey,)}, visit.library.options))
            st.switch_page("screens/quotes.py")


def _about(visit: Visit, survey: str, topic: Row, model: Row) -> None:
    library = visit.library
    left, right = st.columns([5, 4], gap="large")
    with left:
        st.subheader("Words", anchor=False)
        lists = topic_view.word_lists(library, topic["topic"])
        if not lists:
            st.text("No word stands in enough of its answers to be shown.")
        absent = withheld(library.snapshot.view)
        nearest = topic_view.code_name(topic["nearest_code"], library.names) if topic["nearest_code"] else ""
        near = topic_view.percent(topic["foreseen"])
        codebook = f"{near} of its passages lie near a code’s definition; nearest: {nearest}" if nearest else ""
        facts = [
            ("Stability", topic_view.stability_sentence(topic, model)),
            ("Members", absent.why if topic["suppressed"] else _members(topic)),
            ("Codebook", codebook),
            *topic_view.history(library, survey, topic["topic"]),
            *(topic_view.namings(library, library.topics.decided(topic["topic"])) if library.snapshot.view == _DECIDED_IN else ()),
        ]  # fmt: skip
        components.topics(key="about", data={"words": lists, "facts": [fact for fact in facts if fact[1]]}, on_open_change=lambda: None)
    with right:
        st.subheader("Where it lies", anchor=False)
        shown = topic_view.picture(library, survey, visit.filters, topic["topic"])
        key = f"small-{topic['topic']}-{st.session_state.get('picks', 0)}"
        picked = st.vega_lite_chart(
            spec=in_theme(topic_map.topic_map(shown, height=_MAP_HEIGHT)), key=key, on_select="rerun", selection_mode=list(topic_map.PICKS),
            theme=None, width="stretch", alt="Map of passages with this topic’s in colour",
        )  # fmt: skip
        chosen = [points[0].get("topic") for pick in topic_map.PICKS if (points := picked.get("selection", {}).get(pick))]
        if chosen and chosen[0] and chosen[0] != topic["topic"]:
            st.session_state["picks"] = st.session_state.get("picks", 0) + 1
            visit.open(str(chosen[0]))
            st.rerun()
        st.caption("Its passages are bright. Hover over the others for their names, pick one to go there.")


def _members(topic: Row) -> str:
    if not topic["weak"]:
        return "All its passages are core members" if topic["size"] else ""
    return f"{topic['weak']:,} of {topic['size']:,} passages are weak members: they lie near it, but no clustering put them there"


def _quotes(visit: Visit, topic: Row, here: Filters) -> None:
    library = visit.library
    st.space("small")
    st.subheader("Central quotes", anchor=False)
    st.text("Those nearest to the middle of the topic, from different countries where there are.")
    quotes = library.topics.central_quotes(topic["topic"], here, _CENTRAL)
    data = list_data(quotes, whole_answers(quotes, library), visit.filters, library) | {"page": 1}
    if asked := cards(visit, "central", data):
        chosen = {str(asked.get("facet")): (str(asked.get("code")),)}
        selected = {**visit.filters.selected(), **chosen}
        both = visit.filters.suggestions or asked.get("suggestions") is True
        visit.show(filters_of(selected, visit.filters.text, library.options, suggestions=both))
        st.switch_page("screens/quotes.py")


def _shares(visit: Visit, survey: str, topic: Row, here: Filters) -> None:
    library, names = visit.library, visit.library.names
    codes = library.topics.codes(topic["topic"], here)
    unit = "respondents" if library.surveys[survey].has_respondents else "texts"
    absent = withheld(library.snapshot.view)
    st.space("small")
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("In which direction", anchor=False)
        few = sum(row["suppressed"] for row in codes if row["facet"] in topic_view.HOW_SAID)
        apart = absent.left_out(few, "code is left out", "codes are left out")
        st.text(f"Share of its passages with each settled code, and the 95 % interval.{apart}")
        said = [
            topic_view.share_block(names.facet(facet), rows, "Passages")
            for facet in topic_view.HOW_SAID
            if (rows := topic_view.said_rows(library, facet, codes))
        ]
        _blocks(visit, survey, topic, "said", said, "No passage here has a settled effect or direction.")
    with right:
        st.subheader("Codes that it has more often", anchor=False)
        few = sum(row["suppressed"] for row in codes if row["facet"] not in topic_view.HOW_SAID)
        apart = absent.left_out(few, "code is left out", "codes are left out")
        st.text(f"Lift: how many times the share in all passages of the survey. Only codes where the 95 % interval leaves no doubt.{apart}")
        rows = topic_view.lifted_rows(library, codes)
        blocks = [topic_view.share_block("Code", rows, "Passages", "Lift")] if rows else []
        _blocks(visit, survey, topic, "lifted", blocks, "No code is surely more frequent here than in the survey as a whole.")
    st.space("small")
    st.subheader("Who speaks of it, and where", anchor=False)
    few = sum(row["suppressed"] for by in _PLACES for row in library.topics.split(by, here) if row["topic"] == topic["topic"])
    apart = absent.left_out(few, "share is left out", "shares are left out")
    st.text(f"Share of the {unit} with each value that speak of this topic, and the 95 % interval.{apart}")
    blocks = []
    for by in _PLACES:
        rows, beyond = topic_view.split_rows(library, by, topic["topic"], here)
        if rows and len({row["value"] for row in library.topics.split(by, here)}) > 1:
            more = f" (the {len(rows)} with most, of {len(rows) + beyond})" if beyond else ""
            blocks.append(topic_view.share_block(f"{names.facet(by)}{more}", rows, unit.capitalize()))
    for place, column in enumerate(st.columns(2, gap="large")):
        with column:
            _blocks(visit, survey, topic, f"places-{place}", blocks[place::2])


def _blocks(visit: Visit, survey: str, topic: Row, key: str, blocks: Sequence[Row], otherwise: str = "") -> None:
    """Draw blocks of shares; a row leads to the quotes behind it."""
    if not blocks:
        st.text(otherwise)
        return
    drawn = components.topics(key=key, data={"shares": list(blocks)}, on_open_change=lambda: None, on_narrow_change=lambda: None)
    if isinstance(asked := drawn.narrow, dict):
        chosen = {TOPIC: (topic["topic"],), "survey": (survey,), str(asked.get("facet")): (str(asked.get("code")),)}
        visit.show(narrowed(visit.filters, chosen, visit.library.options))
        st.switch_page("screens/quotes.py")


def _decisions(visit: Visit, survey: str, topic: Row) -> None:
    """Let people name and merge topics: recorded with who decided, to be taken back at any time."""
    library = visit.library
    if library.snapshot.view != _DECIDED_IN:
        return
    st.space("small")
    st.subheader("Name it, merge it", anchor=False)
    st.text("What you decide is recorded with your name, shows at once to everybody, and can be taken back.")
    shelf, id = library.topics, topic["topic"]
    decided = shelf.decided(id)
    others = [other for other in shelf.of(Filters(surveys=(survey,))) if other["topic"] != id]
    if not visit.grant.person:
        st.text_input("Your name", key="who", max_chars=LONGEST_WHO, width=320, placeholder="stands beside the decision")
    left, right = st.columns(2, gap="large")
    with left, st.form(f"rename-{id}", border=False):
        name = st.text_input("A name for this topic", value=topic["name"], max_chars=LONGEST_NAME)
        if st.form_submit_button("Give this name"):
            _decide(visit, lambda who: shelf.rename(id, name, who))
    with right, st.form(f"merge-{id}", border=False):
        into = st.selectbox(
            "A topic that it is part of", [other["topic"] for other in others], index=None, placeholder="Choose a topic",
            format_func=lambda other: f"{library.names.code(TOPIC, other)} ({topic_view.number(other)})",
        )  # fmt: skip
        if st.form_submit_button("Merge into that topic", disabled=not others):
            if into is None:
                st.warning("Choose the topic that this one goes into.")
            else:
                _decide(visit, lambda who: shelf.merge(id, into, who))
    with st.container(horizontal=True, gap="small"):
        for each in decided:
            named = each.kind == TOPIC_NAME
            label = "Take the name back" if named else f"Split topic {topic_view.number(each.topic)} off again"
            if st.button(label, icon=":material/undo:", key=f"undo-{each.kind}-{each.topic}"):
                _decide(visit, lambda who, each=each, named=named: (shelf.forget_name if named else shelf.split_again)(each.topic, who))


def _decide(visit: Visit, record: Callable[[str], None]) -> None:
    if not door.holds(visit.grant):
        st.rerun(scope="app")
    # Whoever signed in decides in that name and no other.
    who = visit.grant.person or " ".join(str(st.session_state.get("who") or "").split())
    if not who:
        st.warning("Say who you are: your name stands beside the decision.")
        return
    try:
        record(who)
    except StoreError as error:
        st.warning(literal(str(error)))
        return
    st.rerun()
