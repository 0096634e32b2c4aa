"""What ``suasion notices`` does: says who would be told of what, and tries it out."""

from __future__ import annotations

from datetime import UTC, datetime

from flows import page
from flows.notice_causes import KINDS, Cause, Notice
from flows.notice_settings import FILE, Email, Settings, Webhook, load_settings, password
from flows.notices import send
from store import Paths
from taxonomy.errors import NoticeError


def show_check() -> None:
    """Print who would be told of what.

    Raises:
        NoticeError: lists every fault of ``notices.toml``, or says that the password cannot be had.
    """
    paths, console = Paths.default(), page.console()
    settings = _required(paths)
    for way in settings.ways():
        if isinstance(way, Email) and way.user:
            password(way, paths)
        console.print(_way_line(way))
    limits = settings.limits
    said = {
        "failed": "a run fails",
        "partly_failed": "a survey cannot be carried through",
        "rejects": f"more than {limits.rejects:.0%} of a survey's rows cannot be used",
        "languages": f"the languages of what came lie further than {limits.languages:g} from those of before",
        "topics": "topics may be outdated",
        "abstention": f"the share of codes that wait for review is more than {limits.abstention:.0%} above that of before",
        "codebook_changed": "the codebook changed since the last run",
        "codebook_stale": "a survey carries codes of another codebook or coder",
    }
    console.print("They are told when", *(f"- {said[kind]}" for kind in KINDS if kind not in limits.silent), sep="\n")
    console.print(f"Languages and reviews are compared where {limits.least} passages came and as many were there before.")


def send_trial() -> int:
    """Send a notice that says it is a trial, by every way there is; return the exit status, 1 where one was not sent.

    Raises:
        NoticeError: lists every fault of ``notices.toml``.
    """
    paths, console = Paths.default(), page.console()
    settings = _required(paths)
    trial = Cause("trial", datetime.now(UTC).isoformat(timespec="microseconds"), command="suasion notices check")
    lines = [send(Notice("", (trial,)), way, paths) for way in settings.ways()]
    console.print(*lines, sep="\n")
    return int(any("not sent" in line for line in lines))


def _required(paths: Paths) -> Settings:
    settings = load_settings(paths)
    if settings is None:
        raise NoticeError(FILE, [f"there is no file {paths.root / FILE}, so nobody is told; docs/notices.md has one to copy"])
    return settings


def _way_line(way: Email | Webhook) -> str:
    if isinstance(way, Webhook):
        return f"A webhook of {way.host} gets JSON (at most {way.timeout:g} s)."
    secured = {"starttls": "STARTTLS", "ssl": "TLS", "none": "no encryption, on this machine"}[way.security]
    return f"E-mail goes to {', '.join(way.to)} by {way.server}:{way.port} ({secured}; at most {way.timeout:g} s)."
