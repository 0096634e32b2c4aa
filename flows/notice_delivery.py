"""How a notice leaves the machine: by a person's mail server or webhook. Each delivery has its time and no more."""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from urllib.parse import urlsplit

from flows.notice_causes import Notice
from flows.notice_settings import Email, Webhook, password
from store import Paths
from taxonomy.errors import NoticeError

#: What a mail server is told of the machine's name: nothing.
_NOBODY = "[127.0.0.1]"


def deliver(notice: Notice, way: Email | Webhook, paths: Paths) -> str:
    """Send a notice one way and return "" once it was taken, else why it was not: the kind of error, or what was answered by number.

    A server that takes more than the way's ``timeout`` in all, drop by drop say, is left behind.
    """
    send = partial(_mail, notice, way, paths) if isinstance(way, Email) else partial(_post, notice, way)
    answers: list[str] = []
    sending = threading.Thread(target=lambda: answers.append(_outcome(send)), daemon=True)
    sending.start()
    sending.join(way.timeout)
    return answers[0] if answers else f"no answer within {way.timeout:g} s"


def _outcome(send: Callable[[], str]) -> str:
    """Servers' answers are told by number: their words are anybody's, and may repeat a password."""
    try:
        return send()
    except smtplib.SMTPResponseException as error:
        return f"{type(error).__name__}, answered {error.smtp_code}"
    except NoticeError as error:
        return "; ".join(error.faults)
    except Exception as error:
        return type(error).__name__


def _mail(notice: Notice, way: Email, paths: Paths) -> str:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = notice.subject, way.sender, ", ".join(way.to)
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=way.sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text + "\n")
    secret = password(way, paths) if way.user else ""
    trusted = ssl.create_default_context()
    if way.security == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(way.server, way.port, _NOBODY, timeout=way.timeout, context=trusted)
    else:
        server = smtplib.SMTP(way.server, way.port, _NOBODY, timeout=way.timeout)
    with server:
        if way.security == "starttls":
            server.starttls(context=trusted)
        if secret:
            server.login(way.user, secret)
        refused = server.send_message(message)
    return f"{len(refused)} of {len(way.to)} addresses were refused" if refused else ""


def _post(notice: Notice, way: Webhook) -> str:
    """Post JSON. Redirects are not followed: what was meant for one host goes to no other."""
    parts = urlsplit(way.address.get_secret_value())
    if parts.scheme == "https":
        trusted = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(way.host, parts.port, timeout=way.timeout, context=trusted)
    else:
        connection = http.client.HTTPConnection(way.host, parts.port, timeout=way.timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        body = json.dumps(notice.payload()).encode()
        connection.request("POST", target, body, {"Content-Type": "application/json", "User-Agent": "Suasion"})
        status = connection.getresponse().status
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"answered {status}"
