"""Erasing answers for good: from the writer's database and its file, from snapshots, from all else that repeats them.

The decision comes first. It hides the answers in every reader, and it stands until the work is done: whoever erases or runs next
completes what a killed process left. Every step can be done twice.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa

from models.identity import text_hash
from models.topic_spec import topic_spec
from store import snapshots
from store.copying import Copyist
from store.decisions import WITHDRAWAL, WITHDRAWN, Decision, Decisions
from store.exports import ExportRegister
from store.faults import storage_faults
from store.paths import Paths, View
from store.release import RELEASE, ruling_of
from store.remains import empty_decisions, forget_measured, strays, sweep_spill, sync
from store.surveys import INGEST
from store.tombstones import ERASURE, Tombstone, tombstones
from taxonomy.errors import SnapshotError, StoreError

#: Words of the longest passage that is looked for among quotes that were cut otherwise.
_LONGEST = 400
_DUE = "SELECT answer FROM erased"
_TEXTS = f"""
SELECT text FROM answers WHERE answer IN ({_DUE}) UNION SELECT masked FROM masked WHERE answer IN ({_DUE})
UNION SELECT text FROM passages WHERE answer IN ({_DUE})
"""
#: Rows that ingest put aside because another answer of the same respondent stands: they hold the person's words too.
_ROWS = """
SELECT answer, file, "row" FROM chosen
UNION
SELECT c.answer, r.file, r."row" FROM chosen c JOIN rejects r ON r.survey = c.survey AND r.stage = 'ingest' AND r."row" IS NOT NULL
WHERE r.reason LIKE 'row %' AND CASE WHEN r.file = c.file
    THEN regexp_matches(r.reason, concat('(repeats|and) row ', c."row", '(:| are )'))
    ELSE contains(r.reason, concat(' row ', c."row", ' of ', c.file)) END
ORDER BY ALL
"""
_TOPICS = "SELECT topic FROM topics WHERE survey = $survey"
#: Who holds a word is known by passages: those that are gone hold none, and a word that is gone is held by none.
_HOLDERS = """
DELETE FROM topic_word_holders WHERE passage NOT IN (SELECT passage FROM passages)
    OR (topic, language, rank) NOT IN (SELECT (topic, language, rank) FROM topic_words)
"""
_ORPHANED = """
SELECT t.word FROM (SELECT unnest($told::VARCHAR[]) AS word) t
    LEFT JOIN (
        SELECT p.answer, lower(nfc_normalize(p.text)) AS text FROM passages p JOIN active_answers a USING (answer) WHERE a.survey = $survey
    ) s ON contains(s.text, t.word)
GROUP BY t.word HAVING count(DISTINCT s.answer) < $least
"""


@dataclass(frozen=True)
class Erased:
    """What an erasure did: ``rows`` by table, ``measured`` passages by report, ``decisions`` emptied, ``snapshots`` now served by view.

    ``tombstones`` are those of the answers that are gone, ``strays`` files that people must look at.
    """

    tombstones: Mapping[str, Tombstone]
    rows: Mapping[str, int]
    measured: Mapping[str, int]
    decisions: int
    snapshots: Mapping[str, str]
    retired: int
    strays: tuple[Path, ...]


def unfinished(paths: Paths) -> tuple[str, ...]:
    """Return the answers whose erasure was decided and not completed; it needs no lock."""
    if not paths.decisions.exists():
        return ()
    return tuple(answer for answer, stone in tombstones(Decisions(paths)).items() if stone.state == "due")


class Eraser(Copyist):
    """A writer that erases."""

    def named(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return the named answers, those of an erasure that was not completed among them.

        Raises:
            StoreError: one of them was erased already, or was never there.
        """
        known = self._known(answers)
        stones = tombstones(self.decisions)
        for answer in answers:
            if answer in stones and stones[answer].state == "done":
                raise StoreError(f"{answer[:60]}: was erased already; nothing was done")
            if answer not in known and answer not in stones:
                raise StoreError(f"{answer[:60]}: there is no answer of this id in the store; nothing was done")
        return tuple(dict.fromkeys(answers))

    def of_respondent(self, answer: str) -> tuple[str, ...]:
        """Return all answers to the same survey by the respondent of an answer.

        Raises:
            StoreError: as for ``named``, or nobody knows who gave the answer.
        """
        self.named([answer])
        found = self._rows(
            """
            SELECT a.answer FROM answers a JOIN answers b USING (survey, respondent) WHERE b.answer = $answer ORDER BY a.answer
            """,
            {"answer": answer},
        )
        if not found:
            raise StoreError(f"{answer[:60]}: no respondent is known for this answer; erase the answers one by one with --answer")
        return tuple(each for (each,) in found)

    def withdrawn(self, survey: str) -> tuple[str, ...]:
        """Return the survey's answers that were withdrawn, by a person or by their absence from the files.

        Raises:
            StoreError: there is no such survey, or none of its answers is withdrawn.
        """
        self._require_survey(survey)
        self._heed_tombstones()
        query = "SELECT answer FROM answers WHERE survey = $survey AND answer NOT IN (SELECT answer FROM active_answers) ORDER BY answer"
        found = tuple(answer for (answer,) in self._rows(query, {"survey": survey}))
        if not found:
            raise StoreError(f"{survey}: no answer of this survey is withdrawn; nothing was done")
        return found

    def translations(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return the answers that are told as translations of some of these and are not among them."""
        query = """
            SELECT DISTINCT a.answer FROM answers a JOIN answers b USING (survey, translation_group)
            WHERE list_contains($answers::VARCHAR[], b.answer) AND NOT list_contains($answers::VARCHAR[], a.answer) ORDER BY a.answer
        """
        return tuple(answer for (answer,) in self._rows(query, {"answers": list(answers)}))

    def decide(self, answers: Sequence[str], who: str) -> None:
        """Record that answers are to be erased, which hides them at once; ``complete`` does the rest.

        Raises:
            StoreError: as for ``named``, or ``who`` is the name by which ingest signs.
        """
        if who == INGEST:
            raise StoreError(f"“{INGEST}” signs what vanished from a file; say with --who which person decides")
        stones = tombstones(self.decisions)
        fresh = [answer for answer in self.named(answers) if answer not in stones]
        with self._transaction(named=pa.table({"answer": pa.array(fresh, pa.string())})):
            self._con.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT a.* FROM answers a JOIN named USING (answer)")
        rows: dict[str, list[tuple[str, int]]] = {answer: [] for answer in fresh}
        for answer, file, row in self._rows(_ROWS):
            rows[answer].append((file, row))
        about = {answer: (survey, question) for answer, survey, question in self._rows("SELECT answer, survey, question FROM chosen")}
        exports = self._exports(fresh)
        made = [
            Tombstone(state="due", survey=about[answer][0], question=about[answer][1], rows=tuple(rows[answer]), exports=exports[answer])
            for answer in fresh
        ]
        self.decisions.record_all(ERASURE, [(a, stone.model_dump_json()) for a, stone in zip(fresh, made, strict=True)], who)
        self._hide({answer: decision for answer, decision in self.decisions.standing(ERASURE).items() if answer in fresh})

    def complete(self) -> Erased | None:
        """Erase all answers that it was decided of, and nothing where there are none."""
        due = {answer: stone for answer, stone in tombstones(self.decisions).items() if stone.state == "due"}
        if not due:
            return None
        decided = {answer: decision for answer, decision in self.decisions.standing(ERASURE).items() if answer in due}
        self._hide(decided)
        with self._transaction(named=pa.table({"answer": pa.array(sorted(due), pa.string())})):
            self._con.execute("CREATE OR REPLACE TEMP TABLE erased AS SELECT answer FROM named")
        texts = [text for (text,) in self._rows(_TEXTS)]
        measured = forget_measured(self.paths, texts)
        quotes = [passage for (passage,) in self._rows(f"SELECT passage FROM passages WHERE answer IN ({_DUE})")]
        decisions = empty_decisions(self.paths, [*due, *quotes, *self._cut_otherwise(texts)])
        rows = self._purge(due, texts)
        self._rewrite()
        served, retired = self._replace_snapshots()
        for person in sorted({decision.who for decision in decided.values()}):
            done = {answer: due[answer].model_copy(update={"state": "done"}) for answer in due if decided[answer].who == person}
            self.decisions.record_all(ERASURE, [(answer, stone.model_dump_json()) for answer, stone in done.items()], person)
        return Erased(due, rows, measured, decisions, served, retired, strays(self.paths))

    def _known(self, answers: Sequence[str]) -> frozenset[str]:
        query = "SELECT answer FROM answers WHERE list_contains($answers::VARCHAR[], answer)"
        return frozenset(answer for (answer,) in self._rows(query, {"answers": list(answers)}))

    def _exports(self, answers: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return which registered exports hold quotes of each answer."""
        query = "SELECT answer, passage FROM passages WHERE list_contains($answers::VARCHAR[], answer) ORDER BY answer, passage"
        quotes: dict[str, list[str]] = {answer: [] for answer in answers}
        for answer, passage in self._rows(query, {"answers": list(answers)}):
            quotes[answer].append(passage)
        register = ExportRegister(self.paths)
        return {
            answer: tuple(f"{each.what}, number {each.export}, taken by {each.who} on {each.at[:10]}" for each in register.holding(held))
            for answer, held in quotes.items()
        }

    def _cut_otherwise(self, texts: Sequence[str]) -> list[str]:
        """Return the quotes on which somebody decided, that no passage is any more, and whose text stands in one of these."""
        decided = {quote: ruling_of(value).text_hash for quote, value in self.decisions.latest(RELEASE).items()}
        known = {passage for (passage,) in self._rows("SELECT passage FROM passages")} if decided else set()
        loose = {quote: hash for quote, hash in decided.items() if hash and quote not in known}
        held = {hash for text in texts for hash in _hashes_within(text)} if loose else set()
        return [quote for quote, hash in loose.items() if hash in held]

    def _hide(self, decided: Mapping[str, Decision]) -> None:
        """Record the withdrawals that an erasure brings: signed by the person, so that ingest never lifts them."""
        standing = self.decisions.standing(WITHDRAWAL)
        for answer, decision in decided.items():
            known = standing.get(answer)
            if known is None or known.value != WITHDRAWN or known.who == INGEST:
                self.decisions.record(WITHDRAWAL, answer, WITHDRAWN, decision.who)
        self._heed_tombstones()

    def _purge(self, due: Mapping[str, Tombstone], texts: Sequence[str]) -> dict[str, int]:
        """Delete every row that holds or names the answers that are due, and say how many by table."""
        places = sorted({(stone.survey, file, row) for stone in due.values() for file, row in stone.rows})
        named = pa.table({"survey": [p[0] for p in places], "file": [p[1] for p in places], "row": [p[2] for p in places]})
        counts = self._counts_of_all()
        with self._transaction(places=named):
            self._forget_words({stone.survey for stone in due.values()}, texts)
            self._drop_derived(_DUE)
            self._con.execute(_HOLDERS)
            self._con.execute('DELETE FROM rejects WHERE (survey, file, "row") IN (SELECT (survey, file, "row") FROM places)')
            self._con.execute(f"DELETE FROM answers WHERE answer IN ({_DUE})")
        self.prune()
        left = self._counts_of_all()
        return {table: counts[table] - left[table] for table in counts if counts[table] > left[table]}

    def _counts_of_all(self) -> dict[str, int]:
        tables = [name for (name,) in self._rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name")]
        return self._counts({name: name for name in tables})

    def _forget_words(self, surveys: Collection[str], texts: Sequence[str]) -> None:
        """Drop the words of topics, and the names made of them, that stand in the texts and now in too few other answers.

        A word counts as standing in every text that contains it as it is shown. Inflected forms are not looked for, so that a word
        may go that had answers enough: the next fit finds it again.
        """
        lowered = [unicodedata.normalize("NFC", text).lower() for text in texts]
        for survey in surveys:
            values: dict[str, Any] = {"survey": survey}
            words = {word for (word,) in self._rows(f"SELECT DISTINCT word FROM topic_words WHERE topic IN ({_TOPICS})", values)}
            names = {name for (name,) in self._rows("SELECT DISTINCT name FROM topics WHERE survey = $survey", values)}
            words |= {word for name in names for word in _name_words(name)}
            told = sorted(word for word in words if any(word in text for text in lowered))
            values |= {"told": told, "least": topic_spec().words.least_answers}
            orphaned = {word for (word,) in self._rows(_ORPHANED, values)}
            self._con.execute(
                f"DELETE FROM topic_words WHERE list_contains($orphaned::VARCHAR[], word) AND topic IN ({_TOPICS})",
                {"survey": survey, "orphaned": sorted(orphaned)},
            )
            self._con.execute(
                """
                UPDATE topics SET name = 'Topic ' || regexp_extract(topic, '([0-9]+)$', 1)
                WHERE survey = $survey AND list_contains($names::VARCHAR[], name)
                """,
                {"survey": survey, "names": sorted(name for name in names if orphaned.intersection(_name_words(name)))},
            )

    def _rewrite(self) -> None:
        """Put a fresh copy of the database in the place of its file, in which DuckDB keeps what was deleted until it needs the room."""
        work = self.paths.work
        fresh, log = work.with_name(f"{work.name}.fresh"), work.with_name(f"{work.name}.wal")
        with storage_faults(work):
            for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
                leftover.unlink(missing_ok=True)
            self.copy_database(fresh)
            self._con.close()
            self._connection = None
            if log.exists() and log.stat().st_size:
                raise StoreError(f"{log}: DuckDB could not bring its log to an end; run suasion erase again")
            log.unlink(missing_ok=True)
            sweep_spill(self.paths)
            os.replace(fresh, work)
            sync(work.parent)
        self._open()

    def _replace_snapshots(self) -> tuple[dict[str, str], int]:
        """Publish every view anew that is served, and remove all other snapshots; return what is served, and how many went."""
        served: dict[str, str] = {}
        retired = 0
        for view in get_args(View):
            home = self.paths.snapshots(view)
            before = {folder.name for folder in home.iterdir() if folder.is_dir()}
            if (home / snapshots.CURRENT).exists():
                run = self.begin_run([], self._versions_of(view))
                served[view] = self.publish(view, run).snapshot
                self.finish_run(run, "erasure")
                with storage_faults(home):
                    snapshots.retire(self.paths, view, keep=1)
            else:
                with storage_faults(home):
                    for folder in before:
                        shutil.rmtree(home / folder)
            retired += len(before - {served.get(view)})
        return served, retired

    def _versions_of(self, view: str) -> Mapping[str, str]:
        """Return the versions that the served snapshot was made with: erasing makes nothing anew."""
        try:
            current = snapshots.read_current(self.paths, view)
            return {} if current is None else snapshots.read_manifest(self.paths.snapshots(view) / current).versions
        except SnapshotError:
            return {}


def _hashes_within(text: str) -> Iterator[str]:
    """Yield the hash of every part of a text that begins and ends with a word and is no longer than a passage ever is."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + _LONGEST]:
            yield text_hash(text[start:end])


def _name_words(name: str) -> list[str]:
    """Return the words of a topic's automatic name; a number behind it told it from another topic's."""
    return re.sub(r" \([0-9]+\)$", "", name).split(", ")
