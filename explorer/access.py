"""Who may see what: the roles, the pages and exports that each may use, and the judgement of a visitor. What is not granted is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from taxonomy.errors import AccessError

if TYPE_CHECKING:
    from explorer.policy import Policy
    from store.paths import View

#: How far the clocks of a provider and of this machine may differ, in seconds.
_CLOCKS = 60
_LONGEST_NAME = 255

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Role:
    """What a person is here, and whose snapshots the person reads."""

    id: str
    name: str
    view: View


ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        Role("researcher", "Researcher", "internal"),
        Role("author", "Author", "partner"),
        Role("strategist", "Strategist", "partner"),
        Role("public-reader", "Public reader", "public"),
    )
}
_EVERY_ROLE = frozenset(ROLES)
_PARTNERS = frozenset({"researcher", "author", "strategist"})


@dataclass(frozen=True)
class Door:
    """What people come for: the pages behind a door stand together in the menu and on the first page."""

    id: str
    title: str
    whom: str
    purpose: str
    icon: str


DOORS: Sequence[Door] = (
    Door(
        "find",
        "Find a quote",
        "For authors",
        "Search by word and by meaning, read what was said with its codes and its context, and take it with you with its citation.",
        ":material/format_quote:",
    ),
    Door(
        "see",
        "See who moves what",
        "For strategists",
        "Compare countries and actors: who moves which right, by which means, in which direction, and where it helped.",
        ":material/hub:",
    ),
    Door(
        "check",
        "Check and defend",
        "For researchers",
        "Follow every number back to its passages, its codes and the run that made them, and see how well the coder reads.",
        ":material/fact_check:",
    ),
)


@dataclass(frozen=True)
class Screen:
    """A page: its file under ``screens`` and its address have the name ``id``. The first one is the start.

    ``door`` is the id of the door whose menu it stands in ("" for none), ``also`` that of another one whose people it serves too.
    A page that is ``in_menu=False`` is reached from others, as the page of one quote is.
    """

    id: str
    title: str
    icon: str
    roles: frozenset[str]
    door: str = ""
    also: str = ""
    in_menu: bool = True


SCREENS: Sequence[Screen] = (
    Screen("home", "Home", ":material/home:", _EVERY_ROLE),
    # Find a quote
    Screen("quotes", "Quotes", ":material/format_quote:", _EVERY_ROLE, "find"),
    Screen("pack", "Story pack", ":material/inventory_2:", _PARTNERS, "find"),
    Screen("quote", "Quote", ":material/format_quote:", _EVERY_ROLE, "find", in_menu=False),
    Screen("topics", "Topics", ":material/bubble_chart:", _EVERY_ROLE, "find", also="check"),
    # See who moves what
    Screen("influence", "Influence map", ":material/hub:", _EVERY_ROLE, "see"),
    Screen("country", "Countries", ":material/public:", _EVERY_ROLE, "see"),
    Screen("actor", "Actors", ":material/domain:", _EVERY_ROLE, "see"),
    Screen("improved", "What helped", ":material/trending_up:", _EVERY_ROLE, "see"),
    Screen("numbers", "Numbers", ":material/pin:", _EVERY_ROLE, "see"),
    Screen("overview", "Overview", ":material/hub:", _EVERY_ROLE, in_menu=False),
    # Check and defend. The figures of quality come from reports on labelled passages, which no snapshot's disclosure control governs.
    Screen("quality", "Coding quality", ":material/fact_check:", _PARTNERS, "check"),
    Screen("codebook", "Codebook", ":material/menu_book:", _PARTNERS, "check"),
    Screen("runs", "Runs", ":material/manufacturing:", frozenset({"researcher"}), "check"),
    Screen("release", "Release", ":material/lock_open:", frozenset({"researcher"}), "check"),
)

#: What can be taken away, and by whom. A public reader reads here; nothing leaves in bulk.
EXPORTS: Mapping[str, frozenset[str]] = {
    "quotes-csv": _PARTNERS,
    "quotes-xlsx": _PARTNERS,
    "claims-csv": _PARTNERS,
    "topics-csv": _PARTNERS,
    "topic-map-png": _PARTNERS,
    "topic-map-svg": _PARTNERS,
    "pack-docx": _PARTNERS,
    "pack-html": _PARTNERS,
    "pack-md": _PARTNERS,
    "pack-tray": _PARTNERS,
    # Of any chart: explorer/figure.py
    "figure-csv": _PARTNERS,
    "figure-png": _PARTNERS,
    "figure-svg": _PARTNERS,
    "brief-docx": _PARTNERS,
    "run-report-md": frozenset({"researcher"}),
}


@dataclass(frozen=True)
class Grant:
    """What one visitor was granted. ``person`` is empty on a machine without a sign-in; the claims are kept to be judged again."""

    role: Role
    person: str = ""
    claims: Claims = field(default_factory=dict, repr=False)

    @property
    def local(self) -> bool:
        """Whether the role was chosen at the start, on this machine only."""
        return not self.person

    def may_open(self, screen: str) -> bool:
        """Say whether the role may use a page; a page that is not listed is nobody's."""
        return any(known.id == screen and self.role.id in known.roles for known in SCREENS)

    def behind(self, door: str) -> tuple[Screen, ...]:
        """Return the pages of a door that the role may use, and then those that other doors share with it."""
        mine = [screen for screen in SCREENS if screen.in_menu and self.role.id in screen.roles]
        return tuple(screen for of in ("door", "also") for screen in mine if door and getattr(screen, of) == door)

    def may_take(self, export: str) -> bool:
        """Say whether the role may use an export; one that is not listed is nobody's."""
        return self.role.id in EXPORTS.get(export, frozenset())


@dataclass(frozen=True)
class Refusal:
    """Why somebody sees nothing, and what can be done; ``sign_in`` offers to sign in, ``sign_out`` as somebody else."""

    title: str
    advice: str
    sign_in: bool = False
    sign_out: bool = False


_ASK = "Ask the researchers who run this explorer for a role, and tell them how you sign in: they enter it in its roles.toml."
SIGNED_OUT = Refusal("Please sign in", "What is shown here depends on who you are.", sign_in=True)
EXPIRED = Refusal("Your session has ended", "Sign in again to go on.", sign_in=True)
NOT_TRUSTED = Refusal(
    "This sign-in cannot be trusted",
    "What came from the sign-in is incomplete or was not made for this explorer. Sign out and in again; if this page comes back, "
    "tell the people who run the explorer.",
    sign_out=True,
)
NO_ROLE = Refusal("You have no role here", f"You are signed in, but nobody has given you a role. {_ASK}", sign_out=True)
UNKNOWN_ROLE = Refusal("You have no role here", "The role that was given does not exist. " + _ASK, sign_out=True)
SEVERAL_ROLES = Refusal(
    "You have more than one role here",
    "Your account carries several roles, and the explorer does not choose. Ask the researchers who run it to name one in roles.toml.",
    sign_out=True,
)
MISCONFIGURED = Refusal(
    "Nobody can be let in now",
    "The settings that say who may see what are missing or wrong. Whoever runs the explorer reads what is wrong with them by "
    "stopping it and starting it again.",
)
NOT_STARTED = Refusal(
    "No role was chosen", "Start the explorer with “suasion explore”, and with --role if you want to see it as somebody else does."
)
UNKNOWN_ROLE_CHOSEN = Refusal(
    "There is no such role", f"The explorer was started with a role that nobody has; there are {', '.join(ROLES)}."
)
FORWARDED = Refusal(
    "This explorer is for one machine",
    "It runs without a sign-in, and this visit was passed on from elsewhere. To serve others, set up a sign-in: docs/access.md.",
)
NOT_FOR_YOU = Refusal("This page is not for your role", "The pages that you may use are in the menu.")


def role_named(id: str) -> Role:
    """Return a role; an AccessError names those that there are."""
    if id not in ROLES:
        raise AccessError(f"there is no role “{id}”; the roles are {', '.join(ROLES)}")
    return ROLES[id]


def judge(claims: Claims, policy: Policy, now: float) -> Grant | Refusal:
    """Decide on a visitor by the claims of the provider's ID token, whose signature and nonce Streamlit and Authlib have checked.

    They come back in a cookie that Streamlit signs and honours for 30 days. So at every look they are checked again: the issuer, the
    audience (OpenID Connect Core 1.0, section 3.1.3.7), the time of the sign-in, and the role that the person has now.
    """
    if claims.get("is_logged_in") is not True:
        return SIGNED_OUT
    subject, made, ends = claims.get("sub"), claims.get("iat"), claims.get("exp")
    if claims.get("iss") != policy.issuer or not _meant_for(policy.client, claims):
        return NOT_TRUSTED
    if not isinstance(subject, str) or not subject.strip() or len(subject) > _LONGEST_NAME:
        return NOT_TRUSTED
    if not _is_time(made) or not _is_time(ends) or made > now + _CLOCKS or ends < made:
        return NOT_TRUSTED
    if now >= made + policy.session_seconds:
        return EXPIRED
    mail = _verified_mail(claims)
    return _with_role(policy, subject, mail, claims)


def _with_role(policy: Policy, subject: str, mail: str, claims: Claims) -> Grant | Refusal:
    # What people wrote about this person stands over what the provider says of groups.
    given = {policy.subjects.get(subject), policy.emails.get(mail) if mail else None} - {None}
    if not given and policy.claim:
        given = {policy.groups[value] for value in _values(claims.get(policy.claim)) if value in policy.groups}
    if not given:
        return NO_ROLE
    if len(given) > 1:
        return SEVERAL_ROLES
    role = ROLES.get(str(given.pop()))
    return Grant(role, mail or subject, dict(claims)) if role else UNKNOWN_ROLE


def _meant_for(client: str, claims: Claims) -> bool:
    audience, party = claims.get("aud"), claims.get("azp")
    meant = [audience] if isinstance(audience, str) else audience
    if not isinstance(meant, list) or client not in meant or not client:
        return False
    return party == client if len(meant) > 1 or party is not None else True


def _verified_mail(claims: Claims) -> str:
    """Return the e-mail address, or nothing where the provider does not vouch for it: anybody could have entered it."""
    mail = claims.get("email")
    sound = claims.get("email_verified") is True and isinstance(mail, str) and len(mail) <= _LONGEST_NAME
    return str(mail).strip().lower() if sound else ""


def _values(claim: object) -> list[str]:
    if isinstance(claim, str):
        return [claim]
    return [value for value in claim if isinstance(value, str)] if isinstance(claim, list) else []


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
