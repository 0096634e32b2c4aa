"""Who is told, by which way; what cannot be sent is said and recorded and nothing breaks; nobody is told twice."""

from __future__ import annotations

import email
import email.policy
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.notice_causes import Cause
from flows.notices import tell
from flows.progress import Terminal
from store import Paths
from store.run_log import notice_record
from tests.flows.mail_room import PASSWORD, certificate, hanging_server, mail_server, web_server

FAILED = Cause("failed", "run-1", "a-survey", "code", "ValueError", command="suasion runs run-1")
STALE = Cause("codebook_stale", "1.0.0", "a-survey", command="suasion run a-survey")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    root = Paths(tmp_path / "data")
    root.prepare()
    return root


def settle(paths: Paths, text: str) -> None:
    place = paths.root / "notices.toml"
    place.write_text(text, "utf-8")
    place.chmod(0o600)


def mail(port: int, more: str = 'security = "none"') -> str:
    return f'[email]\nserver = "127.0.0.1"\nport = {port}\nsender = "s@example.org"\nto = ["a@example.org", "b@example.org"]\n{more}\n'


def hook(port: int, more: str = "") -> str:
    return f'[webhook]\naddress = "http://127.0.0.1:{port}/Hookcanary?x=1"\n{more}\n'


def told(paths: Paths, *causes: Cause, run: str = "run-1") -> None:
    tell(paths, Terminal(), run, causes)


def test_a_letter_says_what_happened_and_what_to_type(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with mail_server() as room:
        settle(paths, mail(room.port))
        told(paths, FAILED, STALE)
    letter = email.message_from_string(room.letters[0], policy=email.policy.default)
    assert (letter["Subject"], letter["To"]) == ("Suasion: a run failed in a-survey and 1 more", "a@example.org, b@example.org")
    text = letter.get_content()
    assert "The run failed at the stage code (ValueError)." in text
    assert "Type: suasion runs run-1" in text
    assert "A notice was sent by e-mail: a run failed in a-survey and 1 more." in capsys.readouterr().err


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_password_goes_over_an_encrypted_line_and_nowhere_else(
    where: str, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(place))
    if where == "environment":
        monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
        more = 'user = "suasion"\npassword_env = "MAIL_PASSWORD"'
    else:
        (paths.root / "mail.password").write_text(f"{PASSWORD}\n", "utf-8")
        (paths.root / "mail.password").chmod(0o600)
        more = 'user = "suasion"\npassword_file = "mail.password"'
    with mail_server(place) as room:
        settle(paths, mail(room.port, more))
        told(paths, FAILED)
    assert room.logins == [("suasion", PASSWORD)]
    assert len(room.letters) == 1
    written = b"".join(file.read_bytes() for file in paths.logs.iterdir())
    assert PASSWORD not in written.decode() + room.letters[0] + "".join(capsys.readouterr())


def test_a_server_with_a_certificate_that_nobody_trusts_gets_nothing(paths: Paths, tmp_path: Path) -> None:
    with mail_server(certificate(tmp_path)) as room:
        settle(paths, mail(room.port, ""))
        told(paths, FAILED)
    assert room.letters == []
    assert [line["fault"] for line in notice_record(paths).lines()] == ["SSLCertVerificationError"]


def test_a_webhook_gets_words_and_fields(paths: Paths) -> None:
    with web_server() as room:
        settle(paths, hook(room.port))
        told(paths, FAILED)
    ((path, payload),) = room.posted
    assert path == "/Hookcanary?x=1"
    assert payload["run"] == "run-1"
    assert payload["text"].startswith("Suasion: a run failed in a-survey\n")
    assert payload["causes"][0] | {"kind": "failed", "stage": "code", "error": "ValueError"} == payload["causes"][0]


def test_redirects_are_not_followed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with web_server() as other, web_server(307, f"http://127.0.0.1:{other.port}/") as room:
        settle(paths, hook(room.port))
        told(paths, FAILED)
    assert (len(room.posted), other.posted) == (1, [])
    said = capsys.readouterr().err
    assert "A notice by webhook was not sent (answered 307). The run itself stands" in said
    assert "canary" not in said


def test_a_server_that_hangs_costs_its_timeout_and_the_other_way_is_tried(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with hanging_server() as port, web_server() as room:
        settle(paths, mail(port, 'security = "none"\ntimeout = 0.2') + hook(room.port))
        began = time.monotonic()
        told(paths, FAILED)
        assert time.monotonic() - began < 2
        time.sleep(0.1)  # what was left behind ends by itself
    assert "A notice by e-mail was not sent" in capsys.readouterr().err
    assert len(room.posted) == 1
    assert [(line["way"], line["sent"]) for line in notice_record(paths).lines()] == [("e-mail", False), ("webhook", True)]


def test_nobody_listens(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with hanging_server() as port:
        pass
    settle(paths, mail(port) + hook(port))
    told(paths, FAILED)
    assert capsys.readouterr().err.count("ConnectionRefusedError") == 2


def test_the_same_cause_of_the_same_run_is_told_once_by_each_way(paths: Paths) -> None:
    with web_server() as room:
        settle(paths, hook(room.port))
        told(paths, FAILED, STALE)
        told(paths, FAILED, STALE)
        told(paths, Cause("failed", "run-2", "a-survey", command="x"), STALE, run="run-2")
    assert [[cause["kind"] for cause in payload["causes"]] for _, payload in room.posted] == [["failed", "codebook_stale"], ["failed"]]


def test_what_could_not_be_sent_is_told_the_next_time(paths: Paths) -> None:
    with web_server(500) as room:
        settle(paths, hook(room.port))
        told(paths, STALE)
    with web_server() as room:
        settle(paths, hook(room.port))
        told(paths, STALE, run="run-2")
        assert len(room.posted) == 1


def test_what_somebody_silenced_is_not_told(paths: Paths) -> None:
    with web_server() as room:
        settle(paths, '[limits]\nsilent = ["codebook_stale"]\n' + hook(room.port))
        told(paths, FAILED, STALE)
        told(paths, STALE)
    assert [[cause["kind"] for cause in payload["causes"]] for _, payload in room.posted] == [["failed"]]


def test_without_a_file_and_with_a_faulty_one_a_run_goes_on(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    told(paths, FAILED)
    assert capsys.readouterr().err == ""
    settle(paths, "[email]\nserver = 3\n")
    told(paths, FAILED)
    assert "Nobody is told of this run: notices.toml has 3 fault(s)" in capsys.readouterr().err


def test_a_record_that_cannot_be_written_breaks_nothing(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    notice_record(paths).place.mkdir()
    with web_server() as room:
        settle(paths, hook(room.port))
        told(paths, FAILED)
    assert "Telling people of this run broke (IsADirectoryError). The run itself stands." in capsys.readouterr().err


def test_a_trial_is_sent_each_time_and_says_so(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setenv("SUASION_DATA", str(paths.root))
    with web_server() as room:
        settle(paths, hook(room.port))
        ends = [CliRunner().invoke(app, ["notices", "test"]).exit_code for _ in range(2)]
    assert ends == [0, 0]
    assert all("nothing is wrong" in payload["text"] for _, payload in room.posted)
    assert len(room.posted) == 2
    unheard = CliRunner().invoke(app, ["notices", "test"])
    assert unheard.exit_code == 1
    assert "was not sent" in unheard.output
    assert "The run itself" not in unheard.output, "there was no run"


def test_check_says_who_is_told_of_what_and_sends_nothing(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setenv("SUASION_DATA", str(paths.root))
    with web_server() as room:
        settle(paths, '[limits]\nsilent = ["topics"]\n' + hook(room.port))
        done = CliRunner().invoke(app, ["notices", "check"])
    assert done.exit_code == 0, done.output
    assert "A webhook of 127.0.0.1 gets JSON" in done.output
    assert "Hookcanary" not in done.output
    assert "more than 5% of a survey's rows" in done.output
    assert "topics may be outdated" not in done.output
    assert room.posted == []
