"""Nothing leaks: words planted in every corner of two surveys are looked for wherever anything was written.

All commands run in a child process with a home and a temporary folder of their own, and every stage fails once on a text that its
error quotes. Files are searched in bytes (UTF-8, UTF-16 and base64, in which Prefect keeps what it pickles), archives unpacked, and
databases by query too, as they may be compressed.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from explorer.claim_table import claim_table
from explorer.export import to_csv, to_xlsx
from explorer.library import Library
from explorer.quote_table import quote_table
from store import Filters, Paths, Reader
from store.paths import VIEWS
from tests.flows.leaky import HALF_A_BACKUP, KEPT, PERSONAL, STAGES, SURVEYS
from tests.flows.workbench import write_survey

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]

OPEN, CLOSED = "Opencanary", "Closedcanary"  # in answers of a public and of a protected survey
ROLE = "Rolecanary"  # in a column that the protected survey keeps
GOLD, TABLE = "Goldcanary", "Tablecanary"  # in passages to measure on, in a table to code
#: In names, a respondent's id, dropped columns, a row that cannot be used: these leave the raw files nowhere.
DROPPED = ("Namecanary", "Respondentcanary", "Commentcanary", "Refusedcanary")
EVERY = (OPEN, CLOSED, ROLE, GOLD, TABLE, *DROPPED, *PERSONAL)

HEADER = ("who", "Full name", "land", "role", "comment", "Q1")


def write(paths: Paths, name: str, protection: str, word: str) -> None:
    phone, mail, id = PERSONAL
    rows = [
        ("Respondentcanary1", "Namecanary One", "Kenya", f"{ROLE if name == 'closed' else 'lawyer'}", "Commentcanary",
         f"The bank {word} lobbied. Call {phone} or write to {mail}, id {id}."),
        ("Respondentcanary2", "Namecanary Two", "Peru", "lawyer", "Commentcanary", f"Another bank, {word} too, lobbied."),
        ("Respondentcanary3", "Namecanary Three", "At Refusedcanary 3", "lawyer", "", f"Refusedcanary {word}"),
        ("Respondentcanary3", "Namecanary Three", "Peru", "Refusedcanary@example.org", "", f"No {word}."),
        # Topics that fewer than five people speak of are not shown.
        *((f"Respondentcanary{number}", "", "Kenya", "lawyer", "", f"The bank {word} lobbied {number} times.") for number in range(4, 9)),
    ]  # fmt: skip
    write_survey(paths, rows, name, protection, header=HEADER, kept='attributes = ["role"]')


@dataclass(frozen=True)
class Ran:
    """What everything left behind."""

    paths: Paths
    aside: Path  # what was given to commands and what they were asked to write
    elsewhere: tuple[Path, Path]  # the home and the temporary folder
    said: str
    ends: Mapping[str, int]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    base = tmp_path_factory.mktemp("canary")
    aside, home, temporary = (base / name for name in ("aside", "home", "temporary"))
    for folder in (aside, home, temporary):
        folder.mkdir()
    paths = Paths(base / "data")
    write(paths, "open", "public", OPEN)
    write(paths, "closed", "protected", CLOSED)
    (aside / "table.csv").write_text(f"id,text\na,The bank {TABLE} lobbied.\nb,Call {TABLE}.\n", "utf-8")
    coded = {"relevance": "influence", "actor": ["bank"], "lang": "en", "country": "BRA"}
    gold = [{"id": f"g{number}", "text": f"The bank {GOLD} lobbied {number} times.", **coded} for number in range(4)]
    gold[3]["relevance"] = f"{GOLD} is no code of a facet."
    labelled = {"id": "1", "language": "en", "text": f"The bank {GOLD} lobbied.", "spans": [{"kind": "person", "start": 9, "end": 12}]}
    (aside / "labelled.jsonl").write_text(json.dumps(labelled), "utf-8")
    (aside / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)), "utf-8")

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "XDG_"))}
    environment |= {"SUASION_DATA": str(paths.root), "HOME": str(home), "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "tests.flows.leaky", str(paths.root), str(aside)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return Ran(paths, aside, (home, temporary), said, json.loads((aside / "ends.json").read_text("utf-8")))


def test_every_command_ran_and_every_stage_failed_once(ran: Ran) -> None:
    failed = {name for name, status in ran.ends.items() if status} - {"doctor", HALF_A_BACKUP}
    assert ran.ends["doctor"] < 2, "1 where the disk is nearly full, say"
    assert ran.ends[HALF_A_BACKUP]
    assert failed == {name for name in ran.ends if " without " in name and not name.endswith("fault")}
    assert {f"run without {stage}" for stage in STAGES} <= failed
    assert ran.said.count("ValueError at ") + ran.said.count("(ConversionException)") == len(failed), ran.said
    assert _surveys(ran.paths) == set(SURVEYS)


def test_nothing_that_is_printed_holds_a_word(ran: Ran) -> None:
    assert found_in(ran.said.encode()) == set()
    asked = (ran.aside / "asked.txt").read_bytes()
    assert found_in(asked) == {CLOSED}, "quotes are shown to whoever asks for them, and nothing else is"


def test_nothing_is_left_in_prefects_records(ran: Ran) -> None:
    assert (ran.paths.prefect / "prefect.db").is_file()
    assert met(ran.paths.prefect) == {}


def test_nothing_is_left_at_home_or_among_temporary_files(ran: Ran) -> None:
    assert [met(folder) for folder in ran.elsewhere] == [{}, {}]


def test_the_writers_database_alone_holds_originals(ran: Ran) -> None:
    found = met(ran.paths.root)
    work = {name: words for name, words in found.items() if name.startswith("store/work.duckdb")}
    assert set().union(*work.values()) == {OPEN, CLOSED, ROLE, *PERSONAL}
    rest = {name: words for name, words in found.items() if name not in work and not name.startswith(("raw/", "snapshots/", "quality/"))}
    assert rest == {}


def test_snapshots_hold_what_their_view_may_show(ran: Ran) -> None:
    for view, allowed in {"internal": {OPEN, CLOSED, ROLE}, "partner": {OPEN}, "public": {OPEN}}.items():
        assert set().union(*met(ran.paths.snapshots(view)).values()) <= allowed, view
    assert CLOSED in set().union(*met(ran.paths.snapshots("internal")).values()), "what is looked for would be found"


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_finds_more_than_it_may_by_searching(ran: Ran, view: str) -> None:
    allowed = {"internal": {OPEN, CLOSED}}.get(view, {OPEN})
    with closing(Reader.open(ran.paths, view)) as reader:
        found = {word for word in EVERY if reader.quotes(Filters(text=word), limit=1).num_rows}
    assert found <= allowed
    for place in ran.paths.snapshots(view).glob("*/search.sqlite"):
        assert {word for word in EVERY if _indexed(place, word)} <= allowed


def test_what_commands_write_holds_ids_and_figures(ran: Ran) -> None:
    written = met(ran.aside)
    asked = {"table.csv": {TABLE}, "gold.jsonl": {GOLD}, "labelled.jsonl": {GOLD}, "asked.txt": {CLOSED}}
    assert written == asked
    assert {path.name for path in ran.aside.iterdir()} > {"coded.jsonl", "figures.json", "faults.csv", "rejects.csv"}
    quality = met(ran.paths.quality)
    assert {Path(name).name: words for name, words in quality.items()} == {"passages.json": {GOLD}}


def test_a_backup_holds_what_the_data_folder_holds_and_is_restored_as_that(ran: Ran) -> None:
    kept = ran.aside.parent / KEPT
    with tarfile.open(kept / "whole.tar.gz") as backup:
        names = set(backup.getnames())
        assert {name.split("/")[0] for name in names} == {"manifest.json", "raw", "quality", "store"}
        manifest = backup.extractfile("manifest.json")
        assert manifest is not None
        assert found_in(manifest.read()) == set()
    found, before = met(kept / "restored"), met(ran.paths.root)
    assert found["store/work.duckdb"] == {OPEN, CLOSED, ROLE, *PERSONAL}
    assert {name: words for name, words in found.items() if not name.startswith("store/work.duckdb")} == {
        name: words for name, words in before.items() if name.startswith(("raw/", "quality/"))
    }


def test_exports_hold_quotes_and_nothing_else_of_an_answer(ran: Ran) -> None:
    for view, allowed in {"internal": {OPEN, CLOSED, ROLE}, "partner": {OPEN}, "public": {OPEN}}.items():
        library = Library(ran.paths, view)
        quotes, claims = quote_table(library, Filters()), claim_table(library, Filters())
        library.close()
        for data in (to_csv(quotes), to_csv(claims), to_xlsx(quotes, {"Claims": claims})):
            assert set().union(*(found_in(part) for part in _unpacked(data))) <= allowed


def test_everything_written_is_closed_to_others(ran: Ran) -> None:
    for place in (ran.paths.root, *ran.paths.root.rglob("*")):
        if ran.paths.raw not in (place, *place.parents):
            assert place.stat().st_mode & 0o077 == 0, place


def met(folder: Path) -> dict[str, set[str]]:
    """Return the files of a folder in which words are, by their names in it."""
    found: dict[str, set[str]] = {}
    for place in sorted(folder.rglob("*")):
        if place.is_file():
            words = found_in(str(place.name).encode())
            for content in (*_unpacked(place.read_bytes()), *_told(place)):
                words |= found_in(content)
            if words:
                found[place.relative_to(folder).as_posix()] = words
    return found


def found_in(content: bytes) -> set[str]:
    """Return the words that stand in some bytes, however they are written there."""
    content = content.lower()
    return {word for word, forms in _FORMS.items() if any(form in content for form in forms)}


def _forms(word: str) -> Iterator[bytes]:
    yield from (word.lower().encode(encoding) for encoding in ("utf-8", "utf-16-le"))
    for shift in range(3):  # where in a longer text the word begins decides how base64 writes it
        whole = base64.b64encode(b"\0" * shift + word.encode())
        yield whole[4 if shift else 0 : -4].lower()


_FORMS = {word: tuple(_forms(word)) for word in EVERY}


def _unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def _told(place: Path) -> Iterator[bytes]:
    """Yield every row of a database; nothing for other files."""
    with place.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(place)) as database:
            for line in database.iterdump():
                yield line.encode()
    elif head[8:12] == b"DUCK":
        with closing(duckdb.connect(str(place), read_only=True)) as opened:
            for schema, table in opened.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
                for (row,) in opened.execute(f'SELECT t::VARCHAR FROM "{schema}"."{table}" t').fetchall():
                    yield str(row).encode()


def _indexed(place: Path, word: str) -> bool:
    with closing(sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True)) as index:
        phrase = '"' + " ".join(word.replace("@", " ").replace("+", " ").replace(".", " ").split()) + '"'
        return index.execute("SELECT count(*) FROM quotes WHERE quotes MATCH ?", (phrase,)).fetchone()[0] > 0


def _surveys(paths: Paths) -> set[str]:
    with closing(Reader.open(paths)) as reader:
        return set(reader.quotes(Filters(), limit=50)["survey"].to_pylist())
