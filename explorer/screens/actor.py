"""Actors: what one of them does, or up to four side by side."""

from __future__ import annotations

from explorer.profile_page import ACTORS, list_of, profile_page
from explorer.provenance import traced
from explorer.session import Visit, present


def actor_page(visit: Visit) -> None:
    """Draw the page."""
    profile_page(visit, ACTORS, lambda visit: list_of(visit, "actor"))


present(traced(actor_page), "actor")
