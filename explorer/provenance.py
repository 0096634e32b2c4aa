"""Where the figures of a page come from: selection, passages, snapshot, versions and runs, to be kept beside a figure that is used."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import urlencode

import streamlit as st

from explorer import language, vintage
from explorer.filters import View, to_parameters
from explorer.headline import subject
from explorer.literal import literal
from explorer.run_view import VERSIONS
from explorer.session import Visit
from store import Filters

#: As many runs as are led to; the text names all.
_MOST_RUNS = 3
_UNCOUNTED = ", and released quotes of protected surveys, which are not counted"


@dataclass(frozen=True)
class Provenance:
    """What there is to know of the figures of one selection.

    Attributes:
        selection: the filters in words; ``settled_only`` says that codes for review count nowhere in it.
        passages: how many it holds, None where that is withheld; ``uncounted`` says that it shows others that count nowhere.
        link: opens the selection's passages.
        snapshot: the id of the snapshot, made at ``made`` by ``run`` for ``view``.
        versions: what made what the snapshot shows (coder, codebook, encoder, segmenter, masker, topics); several where not all is new.
        older_codes: what of the snapshot was coded by other versions, in words; "" for nothing.
        arrivals: the runs with which its passages came, or changed last, each with how many (None: withheld); empty outside.
        asked: when this was put together (ISO 8601, UTC).
    """

    selection: str
    settled_only: bool
    passages: int | None
    uncounted: bool
    link: str
    snapshot: str
    made: str
    view: str
    run: str
    versions: Mapping[str, tuple[str, ...]]
    older_codes: str
    arrivals: Mapping[str, int | None]
    asked: str

    def to_json(self) -> str:
        """Return it for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """Return it for people, a line for each part."""
        came = ", ".join(f"{run} ({_count(passages)} passages)" for run, passages in self.arrivals.items())
        lines = [
            ("Selection", self.selection),
            ("Counted", "settled codes alone" if self.settled_only else "settled codes and those that wait for review"),
            ("Passages", _count(self.passages) + _UNCOUNTED * self.uncounted),
            ("Link", self.link),
            ("Snapshot", f"{self.snapshot}, view {self.view}, made {self.made}"),
            ("Published by run", self.run),
            ("Answers came with run", came),
            *((name, " and ".join(self.versions.get(id, ()))) for id, name in VERSIONS.items()),
            ("Older codes", self.older_codes),
            ("Looked up", self.asked),
        ]
        return "\n".join(f"{name}: {said}" for name, said in lines if said)


def provenance(visit: Visit, filters: Filters, link: str, asked: datetime) -> Provenance:
    """Return where the figures of a selection come from."""
    library, snapshot = visit.library, visit.library.snapshot
    counts = library.counts(filters)
    return Provenance(
        selection=subject(filters, library.names),
        settled_only=not filters.suggestions,
        passages=counts.passages,
        uncounted=counts.uncounted,
        link=link,
        snapshot=snapshot.id,
        made=snapshot.made,
        view=snapshot.view,
        run=snapshot.run,
        versions=library.runs.made_with,
        older_codes=vintage.note(library.older_codes, snapshot.counts.get("quotes")),
        arrivals=library.runs.arrivals(filters),
        asked=asked.isoformat(timespec="seconds"),
    )


def traced(page: Callable[[Visit], None]) -> Callable[[Visit], None]:
    """Return a page with ``where_from`` at its foot, for pages whose figures are of what the filters let through."""

    @wraps(page)
    def whole(visit: Visit) -> None:
        page(visit)
        where_from(visit)

    return whole


@st.fragment
def where_from(visit: Visit, within: Filters | None = None) -> None:
    """Draw, closed, where the figures of the page come from; at the foot of a page with figures, once.

    ``within`` is what the figures are of, where that is not what the filters let through. Nothing is asked before somebody opens it.
    """
    box = st.expander("Where this comes from", icon=":material/account_tree:", key="where-from", on_change="rerun")
    if not box.open:
        return
    filters = visit.filters if within is None else within
    found = provenance(visit, filters, _link(filters), datetime.now(UTC))
    with box:
        text, data = st.tabs(["To read", "For programs (JSON)"])
        # Not Markdown: a search and a survey's title are somebody's words.
        text.code(found.to_text(), language=None, wrap_lines=True)
        data.code(found.to_json(), language="json", wrap_lines=True)
        if visit.grant.may_open("runs"):
            for run in list(found.arrivals)[:_MOST_RUNS]:
                st.page_link(
                    "screens/runs.py", label=literal(f"The run {run}"), icon=":material/manufacturing:", query_params={"record": run}
                )


def _count(passages: int | None) -> str:
    return "withheld" if passages is None else f"{passages:,}"


def _link(filters: Filters) -> str:
    """Return the address of the quotes that these filters let through."""
    parameters = to_parameters(View(filters)) | language.parameters()
    here = (st.context.url or "").split("?")[0]
    return f"{here.rpartition('/')[0]}/quotes?{urlencode(parameters, doseq=True)}"
