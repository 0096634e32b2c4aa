"""``python -m explorer``: what ``suasion explore`` starts. A program of its own, which cannot reach the writer's modules."""

from __future__ import annotations

import argparse
import sys

from explorer.access import ROLES, role_named
from explorer.policy import has_sign_in, load_policy
from explorer.server import PORT, SECRETS, serve
from store import Paths
from taxonomy.errors import AccessError, SuasionError

#: Whoever names a view alone sees it with the first of its roles.
_OF_VIEW = {role.view: role.id for role in reversed(tuple(ROLES.values()))}


def main() -> int:
    """Serve the explorer until it is stopped; return its exit status."""
    parser = argparse.ArgumentParser(prog="suasion explore")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--role")
    parser.add_argument("--view")
    parser.add_argument("--sign-in", action="store_true")
    parser.add_argument("--no-browser", action="store_true")
    arguments = parser.parse_args()
    paths = Paths.default()
    try:
        chosen = chosen_role(arguments.role, arguments.view)
        host = sign_in_host(paths, arguments.sign_in, chosen)
    except SuasionError as error:
        print(f"suasion: {error}", file=sys.stderr)
        return 1
    return serve(paths, chosen or "researcher", arguments.port, headless=arguments.no_browser, served_at=host)


def chosen_role(role: str | None, view: str | None) -> str | None:
    """Return the role that was asked for by its name or by its view, if any; an AccessError if there is none such."""
    if view is not None and view not in _OF_VIEW:
        raise AccessError(f"there is no view “{view}”; the views are {', '.join(_OF_VIEW)}")
    if role is None:
        return _OF_VIEW[view] if view is not None else None
    if view is not None and role_named(role).view != view:
        raise AccessError(f"a {role_named(role).name.lower()} sees the {role_named(role).view} view, not the {view} one: give --role alone")
    return role_named(role).id


def sign_in_host(paths: Paths, wanted: bool, role: str | None) -> str:
    """Return the host at which people sign in, or nothing where there is no sign-in and none is ``wanted``.

    Where a sign-in is set up no role can be chosen, so that a start without the option never opens everything to everybody.
    """
    if not has_sign_in(paths.root) and not wanted:
        return ""
    if role is not None:
        raise AccessError(f"people sign in here, so that no role can be chosen: {paths.root / SECRETS} is there")
    return load_policy(paths.root).host


if __name__ == "__main__":
    sys.exit(main())
