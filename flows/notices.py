"""People are told what needs them, by e-mail or webhook; where that fails it is said and recorded, and the run stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flows.logs import error_kind
from flows.notice_causes import Cause, Notice
from flows.notice_delivery import deliver
from flows.notice_settings import FILE, Email, Settings, Webhook, load_settings
from flows.progress import Terminal
from store import Paths
from store.run_log import notice_record
from taxonomy.errors import NoticeError


def tell(paths: Paths, terminal: Terminal, run: str, causes: tuple[Cause, ...]) -> None:
    """Tell people of what they were not told yet, by every way there is. Nothing that goes wrong here leaves it."""
    try:
        settings = load_settings(paths)
        if settings is None:
            return
        wanted = tuple(cause for cause in causes if cause.kind not in settings.limits.silent)
        for way in settings.ways():
            told = _told(paths, way)
            if due := tuple(cause for cause in wanted if cause.key not in told):
                terminal.say(send(Notice(run, due), way, paths))
    except NoticeError as error:
        terminal.say(f"Nobody is told of this run: {FILE} has {len(error.faults)} fault(s). Type: suasion notices check")
    except Exception as error:
        terminal.say(f"Telling people of this run broke ({error_kind(error)}). The run itself stands.")


def send(notice: Notice, way: Email | Webhook, paths: Paths) -> str:
    """Send a notice one way, record what became of it, and return that in a line.

    Raises:
        OSError: it cannot be recorded.
    """
    fault = deliver(notice, way, paths)
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "run": notice.run,
        "way": way.name,
        "sent": not fault,
        "fault": fault,
        "causes": [cause.key for cause in notice.causes],
        "said": [cause.headline for cause in notice.causes],
    }
    notice_record(paths).append(json.dumps(entry, sort_keys=True))
    if fault:
        tried = all(cause.kind == "trial" for cause in notice.causes)
        advice = "" if tried else " The run itself stands; try it with: suasion notices test"
        return f"A notice by {way.name} was not sent ({fault}).{advice}"
    return f"A notice was sent by {way.name}: {notice.subject.removeprefix('Suasion: ')}."


def settings_or_none(paths: Paths) -> Settings | None:
    """Return who is told of what; None where nobody is, or where the file has faults, which ``tell`` says."""
    try:
        return load_settings(paths)
    except NoticeError:
        return None


def _told(paths: Paths, way: Email | Webhook) -> set[str]:
    """Return the keys of the causes that were told by a way."""
    return {
        key for line in notice_record(paths).lines() if line.get("sent") and line.get("way") == way.name for key in line.get("causes", ())
    }
