"""A mail server and a web server on this machine that keep what they are sent, for tests of notices."""

from __future__ import annotations

import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "Passwordcanary"


@dataclass
class MailRoom:
    """What came: letters as they were sent, and with which user and password."""

    port: int = 0
    letters: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content.decode())
        return "250 taken"

    def check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@contextmanager
def mail_server(certificate: Path | None = None) -> Iterator[MailRoom]:
    """Serve mail; with a certificate by STARTTLS alone, to who knows the password."""
    room = MailRoom(_free_port())
    secured: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        secured = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": room.check}
    controller = Controller(room, hostname="127.0.0.1", port=room.port, **secured)
    controller.start()
    try:
        yield room
    finally:
        controller.stop()


@dataclass
class WebRoom:
    """What was posted."""

    port: int = 0
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@contextmanager
def web_server(status: int = 200, location: str = "") -> Iterator[WebRoom]:
    """Take JSON, and answer with a status."""
    room = WebRoom()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            room.posted.append((self.path, json.loads(body)))
            self.send_response(status, "Answercanary")
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        room.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def hanging_server() -> Iterator[int]:
    """Take connections and say nothing; yields the port."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def certificate(folder: Path) -> Path:
    """Write a certificate for this machine with its key, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
    known = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = built.add_extension(known, critical=False).sign(key, hashes.SHA256())
    place = folder / "server.pem"
    unlocked = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*unlocked))
    return place


def _free_port() -> int:
    with closing(socket.socket()) as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])
