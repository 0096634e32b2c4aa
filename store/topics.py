"""The book of topics: what they are found in, what was found, and what became of them from fit to fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.centring import Centring
from models.lineage import ANCESTORS, ANCESTRAL_MEMBERS, Ancestry
from models.tables import TOPIC_EVENTS, TOPIC_MEMBERS, TOPIC_WORDS, TOPICABLE, TOPICS
from models.topics import Drift, Fit, TopicModel
from store.ledger import conform
from store.schema import ANSWERS_INSIDE
from store.topic_decisions import overlay, standing
from store.topic_tables import TOPIC_DRIFT
from store.topic_words import AUTOMATIC_NAME, SPEAKERS, SPOKEN, beside_codes, least_speakers
from store.work import Queue, WorkBook
from taxonomy.errors import StoreError

#: The passages that topics are made of: answers that are there, and that say anything as far as is known.
_PASSAGES = f"FROM passages p JOIN ({ANSWERS_INSIDE}) a USING (answer)"
_SAYING = "a.survey = $survey AND p.passage NOT IN (SELECT passage FROM codes WHERE facet = 'relevance' AND code = 'non_substantive')"
_ALL = f"{_PASSAGES} WHERE {_SAYING}"
_WAITING = f"{_ALL} AND p.passage NOT IN (SELECT passage FROM topic_members)"
_MEMBERS = f"{_PASSAGES} JOIN topic_members m USING (passage) WHERE {_SAYING}"
_SPEAKERS = SPEAKERS.format(answers=f"({ANSWERS_INSIDE})")
_COLUMNS = "SELECT p.passage, p.answer, s.speaker::VARCHAR AS unit, p.text, p.language, a.version = 0 AS counted, v.vector"
_CURRENT = "SELECT max(fit) FROM topic_models WHERE survey = $survey"
#: The words that are shown, as ``told`` has them, and what topics are called, as ``named``; for which ``names`` is there.
_TOLD = f"""
holders AS (
    SELECT h.topic, h.language, h.rank, s.speaker
    {_PASSAGES} JOIN topic_members m USING (passage) JOIN topic_word_holders h ON h.passage = p.passage AND h.topic = m.topic
        JOIN ({_SPEAKERS}) s USING (answer)
    WHERE {_SAYING}
), told AS (
    SELECT w.* FROM topic_words w SEMI JOIN ({SPOKEN.format(holders="holders")}) USING (topic, language, "rank")
), last AS (
    SELECT topic, name, fit = ({_CURRENT}) AS alive FROM topics WHERE survey = $survey
    QUALIFY row_number() OVER (PARTITION BY topic ORDER BY fit DESC) = 1
), named AS (
    SELECT t.topic, coalesce(n.given, {AUTOMATIC_NAME}) AS name FROM last t LEFT JOIN names n USING (topic)
)
"""
_VECTORS = "SELECT text_hash, vector FROM vectors WHERE encoder = $encoder"
_OF_SURVEY = "SELECT p.passage FROM passages p JOIN answers a USING (answer) WHERE a.survey = $survey"
#: The columns of ``topic_models`` that the model has as they are.
_OF_MODEL = ("encoder", "spec", "seed", "method", "note", "fitted", "outliers_before", "outliers_after", "sharing", "seconds")
#: Words that stand for a topic in a list of topics.
_WORDS = 6


class TopicBook(WorkBook):
    """Hands out what topics are found in and takes in what was found. A survey has one model, that of its newest fit."""

    def to_topics(self, survey: str, encoder: str) -> pa.Table:
        """Return all passages that topics may be found in, or that may be placed among them (``TOPICABLE``), by passage."""
        return self._topicable(_ALL, survey, encoder)

    def to_place(self, survey: str, encoder: str, limit: int | None = None) -> pa.Table:
        """Return the passages of ``to_topics``, or the first of them, that no fit and no placing has seen (``TOPICABLE``), by passage."""
        return self._topicable(_WAITING, survey, encoder, limit)

    def topic_queue(self, survey: str, encoder: str) -> Queue:
        """Return how many passages ``to_place`` would give, and how many need nothing more."""
        vectors = "AND p.text_hash IN (SELECT text_hash FROM vectors WHERE encoder = $encoder)"
        waiting, everything = (
            self._number(f"SELECT count(*) {passages} {vectors}", {"survey": survey, "encoder": encoder}) for passages in (_WAITING, _ALL)
        )
        return Queue(waiting, everything - waiting)

    def put_fit(self, survey: str, run: str, fit: Fit) -> None:
        """Make a fit the survey's model: topics, words and members replace those before; the history is added to.

        Topics of earlier fits stay known, by their ids, names and plain centroids.

        Raises:
            StoreError: ids of another survey, members that the survey has not, or tables that do not belong together.
        """
        self._require_survey(survey)
        topics = conform(fit.topics, TOPICS, f"topics of {survey}")
        words = conform(fit.words, TOPIC_WORDS, f"topic words of {survey}")
        members = conform(fit.members, TOPIC_MEMBERS, f"topic members of {survey}")
        events = conform(fit.events, TOPIC_EVENTS, f"topic events of {survey}")
        if tuple(topics.column("topic").to_pylist()) != tuple(fit.model.topics):
            raise StoreError(f"topics of {survey}: the table does not hold the topics of the model in their order")
        centring = fit.model.centring
        languages = sorted(centring.of_language)
        position = pa.array(range(topics.num_rows), pa.int32())
        with self._transaction(topics_given=topics.append_column("position", position), words_given=words, events_given=events):
            self._refuse_foreign_topics(survey)
            self._con.execute(f"DELETE FROM topic_members WHERE passage IN ({_OF_SURVEY})", {"survey": survey})
            for table in ("topic_words", "topic_word_holders"):
                self._con.execute(f"DELETE FROM {table} WHERE topic IN (SELECT topic FROM topics WHERE survey = ?)", [survey])
            values = {
                "survey": survey,
                "fit": self._number(f"SELECT coalesce(({_CURRENT}), 0) + 1", {"survey": survey}),
                "run": run,
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                **{name: getattr(fit.model, name) for name in _OF_MODEL},
                "general": np.asarray(centring.general, np.float32).tolist(),
                "languages": languages,
                "means": [np.asarray(centring.of_language[language], np.float32).tolist() for language in languages],
            }
            places = ", ".join(f"${name}" for name in values)
            self._con.execute(f"INSERT INTO topic_models ({', '.join(values)}) VALUES ({places})", values)
            which = {"survey": survey, "fit": values["fit"]}
            for table in ("topics", "topic_events"):
                given = f"{table.removeprefix('topic_')}_given"
                self._con.execute(f"INSERT INTO {table} BY NAME SELECT $survey AS survey, $fit AS fit, * FROM {given}", which)
            self._con.execute("INSERT INTO topic_words BY NAME SELECT * EXCLUDE (passages) FROM words_given")
            self._con.execute(
                'INSERT INTO topic_word_holders BY NAME SELECT topic, language, "rank", unnest(passages) AS passage FROM words_given'
            )
            self._put_members(survey, members, later=False)

    def put_placed(self, survey: str, members: pa.Table) -> None:
        """Store where passages were placed (``TOPIC_MEMBERS``) that the survey's model was not fitted to.

        Raises:
            StoreError: the survey has no model, or the members are of other topics or of another survey.
        """
        members = conform(members, TOPIC_MEMBERS, f"topic members of {survey}")
        if not self._number(f"SELECT coalesce(({_CURRENT}), 0)", {"survey": survey}):
            raise StoreError(f"the survey {survey} has no topics yet among which a passage could be placed; fit them first")
        with self._transaction():
            self._put_members(survey, members, later=True)

    def topic_model(self, survey: str) -> TopicModel | None:
        """Return the survey's model as it was put, or nothing before the first fit."""
        rows = self._read(f"SELECT * FROM topic_models WHERE survey = $survey AND fit = ({_CURRENT})", {"survey": survey}).to_pylist()
        if not rows:
            return None
        row = rows[0]
        topics = self._read(
            "SELECT topic, centroid FROM topics WHERE survey = $survey AND fit = $fit ORDER BY position",
            {"survey": survey, "fit": row["fit"]},
        )
        means = {language: _vector(mean) for language, mean in zip(row["languages"], row["means"], strict=True)}
        return TopicModel(
            **{name: row[name] for name in _OF_MODEL},
            centring=Centring(_vector(row["general"]), means),
            topics=tuple(topics.column("topic").to_pylist()),
            centroids=_matrix(topics.column("centroid"), len(row["general"])),
        )

    def neighbours(self, survey: str) -> pa.Table:
        """Return (language, vector, x, y) of the passages that the survey's model was fitted to and that are still there."""
        return self._read(
            f"""
            SELECT p.language, v.vector, m.x, m.y
            FROM topic_members m JOIN passages p USING (passage) JOIN active_answers a USING (answer) JOIN vectors v USING (text_hash)
            WHERE m.fitted AND a.survey = $survey
                AND v.encoder = (SELECT encoder FROM topic_models WHERE survey = $survey AND fit = ({_CURRENT}))
            ORDER BY p.passage
            """,
            {"survey": survey},
        )

    def ancestry(self, survey: str, encoder: str) -> Ancestry:
        """Return what the fits before left: all topics that ever were, and the passages of the current ones.

        Centroids compare within one encoder. That of a topic which another encoder found last is made anew from its members'
        vectors, and is all zeros, near nothing, where it has none of this encoder.
        """
        topics = self._read(
            f"""
            WITH last AS (
                SELECT t.topic, t.name, t.plain_centroid, t.fit, m.encoder, t.fit = ({_CURRENT}) AS alive
                FROM topics t JOIN topic_models m USING (survey, fit) WHERE survey = $survey
                QUALIFY row_number() OVER (PARTITION BY t.topic ORDER BY t.fit DESC) = 1
            )
            SELECT topic, name, CASE WHEN encoder = $encoder THEN plain_centroid ELSE [] END AS plain_centroid, alive
            FROM last ORDER BY regexp_extract(topic, '([0-9]+)$', 1)::BIGINT
            """,
            {"survey": survey, "encoder": encoder},
        )
        if not topics.num_rows:
            return Ancestry.none()
        members = self._read(
            f"SELECT passage, topic FROM topic_members WHERE passage IN ({_OF_SURVEY}) ORDER BY passage", {"survey": survey}
        )
        numbers = [int(topic.rpartition(".")[2]) for topic in topics.column("topic").to_pylist()]
        return Ancestry(
            conform(self._with_centroids(topics, encoder), ANCESTORS, "topics that were"),
            conform(members, ANCESTRAL_MEMBERS, "members that were"),
            max(numbers) + 1,
        )

    def drift(self, survey: str) -> Drift | None:
        """Return how well the fit still holds, or nothing before the first one. Of translations one counts."""
        rows = self._rows(
            f"SELECT fitted, outliers_after FROM topic_models WHERE survey = $survey AND fit = ({_CURRENT})",
            {"survey": survey},
        )
        if not rows:
            return None
        (counts,) = self._read(f"SELECT {TOPIC_DRIFT} {_MEMBERS}", {"survey": survey}).to_pylist()
        return Drift(fitted=rows[0][0], outliers_at_fit=rows[0][1], **counts)

    def topics(self, survey: str) -> pa.Table:
        """Return the survey's topics, the largest first, with what people decided about them.

        Columns: topic, name, named_by_person, size (passages), answers, weak (those of the passages that are weak members),
        stability, tentative, foreseen, nearest_code, words (at most six, the most distinctive first), merged (the topics that
        went into it, which have no row of their own). Stability and what follows are those of the topic itself.
        """
        alive = self._rows(f"SELECT topic FROM topics WHERE survey = $survey AND fit = ({_CURRENT})", {"survey": survey})
        decision_tables, params = overlay(standing(self.decisions), {topic for (topic,) in alive})
        found = self._read(
            f"""
            WITH {decision_tables}, {_TOLD}, counts AS (
                SELECT coalesce(g.target, m.topic) AS topic, count(*) AS size, count(DISTINCT p.answer) AS answers,
                    count(*) FILTER (m.membership = 'weak') AS weak
                {_PASSAGES} JOIN topic_members m USING (passage) LEFT JOIN merges g ON g.topic = m.topic
                WHERE {_SAYING} AND m.topic IS NOT NULL GROUP BY ALL
            ), described AS (
                SELECT coalesce(g.target, w.topic) AS topic, w.word, min((w.rank, -w.weight)) AS place
                FROM told w LEFT JOIN merges g ON g.topic = w.topic GROUP BY ALL
            ), worded AS (
                SELECT topic, list(word ORDER BY place, word)[:{_WORDS}] AS words FROM described GROUP BY topic
            ), gone AS (
                SELECT target AS topic, list(topic ORDER BY topic) AS merged FROM merges GROUP BY target
            )
            SELECT t.topic, d.name, n.given IS NOT NULL AS named_by_person, coalesce(c.size, 0) AS size,
                coalesce(c.answers, 0) AS answers, coalesce(c.weak, 0) AS weak, t.stability, t.tentative, t.foreseen, t.nearest_code,
                coalesce(w.words, []) AS words, coalesce(o.merged, []) AS merged
            FROM topics t JOIN named d USING (topic)
                LEFT JOIN counts c USING (topic) LEFT JOIN worded w USING (topic) LEFT JOIN gone o USING (topic)
                LEFT JOIN names n USING (topic)
            WHERE t.survey = $survey AND t.fit = ({_CURRENT}) AND t.topic NOT IN (SELECT topic FROM merges)
            ORDER BY size DESC, t.position
            """,
            params | {"survey": survey, "least": least_speakers()},
        )
        return beside_codes(found)

    def topic_names(self, survey: str) -> dict[str, str]:
        """Return what every topic that the survey ever had is called: as a person said, else by its words, else by its number."""
        decision_tables, params = overlay(standing(self.decisions), ())
        query = f"WITH {decision_tables}, {_TOLD} SELECT topic, name FROM named"
        return dict(self._rows(query, params | {"survey": survey, "least": least_speakers()}))

    def topic_events(self, survey: str) -> pa.Table:
        """Return what became of the survey's topics (``TOPIC_EVENTS``), with the fit's number, run, time and method; the oldest first."""
        return self._read(
            """
            SELECT e.fit, m.run, m.made, m.method, e.topic, e.event, e.others, e.overlap, e.similarity
            FROM topic_events e JOIN topic_models m USING (survey, fit) WHERE e.survey = $survey
            ORDER BY e.fit, regexp_extract(e.topic, '([0-9]+)$', 1)::BIGINT, e.event
            """,
            {"survey": survey},
        )

    def known_topics(self) -> frozenset[str]:
        """Return the ids of all topics that ever were, of all surveys."""
        return frozenset(topic for (topic,) in self._rows("SELECT DISTINCT topic FROM topics"))

    def _topicable(self, passages: str, survey: str, encoder: str, limit: int | None = None) -> pa.Table:
        joined = f"{_PASSAGES} JOIN ({_VECTORS}) v USING (text_hash) JOIN ({_SPEAKERS}) s USING (answer)"
        query = f"{_COLUMNS} {passages.replace(_PASSAGES, joined)} ORDER BY p.passage{'' if limit is None else f' LIMIT {int(limit)}'}"
        return self._read(query, {"survey": survey, "encoder": encoder}).cast(TOPICABLE)

    def _put_members(self, survey: str, members: pa.Table, *, later: bool) -> None:
        """Take in members of the survey's model, within a transaction."""
        numbers = [members.column(name).to_numpy() for name in ("similarity", "x", "y")]
        if not all(np.isfinite(column).all() for column in numbers):
            raise StoreError(f"topic members of {survey}: some similarities or places on the map are not finite numbers")
        self._con.register("members_given", members)
        try:
            self._refuse_unknown("members_given", "passage", "passages")
            wrong = self._rows(
                f"""
                SELECT count(*) FILTER (passage NOT IN ({_OF_SURVEY})),
                    count(topic) FILTER (topic NOT IN (SELECT topic FROM topics WHERE survey = $survey AND fit = ({_CURRENT}))),
                    count(*) FILTER ((topic IS NULL) <> (membership = 'outlier'))
                FROM members_given
                """,
                {"survey": survey},
            )[0]
            for count, what in zip(wrong, ("are of another survey", "are of no topic of its model", "are neither in nor out"), strict=True):
                if count:
                    raise StoreError(f"topic members of {survey}: {count} of {members.num_rows} {what}")
            self._con.execute("DELETE FROM topic_members WHERE passage IN (SELECT passage FROM members_given)")
            self._con.execute("INSERT INTO topic_members BY NAME SELECT *, $later AS later FROM members_given", {"later": later})
        finally:
            self._con.unregister("members_given")

    def _refuse_foreign_topics(self, survey: str) -> None:
        """Ids bind names and merges for ever: one that another survey might give, or that two topics have, is none."""
        wrong = self._rows(
            """
            SELECT topic FROM (SELECT topic FROM topics_given UNION ALL SELECT topic FROM events_given)
            WHERE NOT regexp_full_match(topic[len($survey) + 1:], '\\.[1-9][0-9]*') OR topic[:len($survey)] <> $survey
            UNION ALL SELECT topic FROM topics_given GROUP BY topic HAVING count(*) > 1
            UNION ALL SELECT topic FROM words_given WHERE topic NOT IN (SELECT topic FROM topics_given)
            LIMIT 1
            """,
            {"survey": survey},
        )
        if wrong:
            raise StoreError(f"topics of {survey}: “{wrong[0][0][:60]}” is not an id of one of its topics, or it is there twice")

    def _with_centroids(self, topics: pa.Table, encoder: str) -> pa.Table:
        """Give the topics whose centroid is missing that of their members under the encoder."""
        means = self._read(
            """
            SELECT m.topic, v.vector FROM topic_members m JOIN passages p USING (passage) JOIN vectors v USING (text_hash)
            WHERE v.encoder = $encoder AND list_contains($missing::VARCHAR[], m.topic)
            """,
            {
                "encoder": encoder,
                "missing": topics.filter(pc.equal(pc.list_value_length(topics["plain_centroid"]), 0))["topic"].to_pylist(),
            },
        )
        length = self._number("SELECT coalesce(max(len(vector)), 0) FROM vectors WHERE encoder = $encoder", {"encoder": encoder})
        found = _unit_means(means, length)
        centroids = [
            centroid or found.get(topic, [0.0] * length)
            for topic, centroid in zip(topics["topic"].to_pylist(), topics["plain_centroid"].to_pylist(), strict=True)
        ]
        index = topics.column_names.index("plain_centroid")
        return topics.set_column(index, "plain_centroid", pa.array(centroids, pa.list_(pa.float32())))


def _unit_means(members: pa.Table, length: int) -> Mapping[str, list[float]]:
    names, rows = np.unique(np.asarray(members["topic"].to_pylist(), dtype=np.str_), return_inverse=True)
    sums = np.zeros((len(names), length), np.float64)
    np.add.at(sums, rows, _matrix(members["vector"], length))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means = sums / np.where(lengths == 0, 1, lengths)
    return dict(zip(names.tolist(), means.tolist(), strict=True))


def _vector(values: list[float]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)


def _matrix(vectors: pa.ChunkedArray, length: int) -> NDArray[np.float32]:
    flat = np.asarray(pc.list_flatten(vectors).to_numpy(zero_copy_only=False) if len(vectors) else [], np.float32)
    return flat.reshape(-1, length) if length else np.empty((len(vectors), 0), np.float32)
