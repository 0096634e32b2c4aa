"""What the explorer may ask about the topics of a published snapshot.

A topic that a person merged into another counts as that one everywhere, from the moment at which it was decided; so do names.
Everything is counted under the filters and without what was withdrawn since. Of translations one counts where shares are told.

Inside, a topic of a protected survey that speaks for too few people is in no topic at all: it has no name, no words and no points.
Where it has enough people and the filters leave too few of them, its figures are null and ``suppressed``. Outside, no topic is of a
protected survey.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from models.topic_spec import topic_spec
from models.topics import Drift
from store.filters import ATTRIBUTES, SURVEY_ATTRIBUTE, TOPIC, Filters
from store.intervals import wilson_sql
from store.opened import OpenSnapshot
from store.suppression import INTERNAL_THRESHOLD
from store.topic_decisions import overlay
from store.topic_queries import BEYOND, BY_AGE, CENTRAL, CODES, HOLDERS_LEFT, LONELY, NAMED, POINTS, SEEN, SPLIT, TOPICS, WORDS
from store.topic_words import SPOKEN, beside_codes, least_speakers
from taxonomy.errors import StoreError

#: These facets tell how, in which direction and whether it is an influence at all; what a passage is about is told by the others.
WITHOUT_CONTENT = ("relevance", "mode", "direction", "effect", "responsibility", "awareness")

#: Passages of a topic that have a code, or two together, before anything is said of these.
_FEWEST = 3

#: The columns of ``topic_models`` that say how well a fit still holds.
_DRIFT = ("fitted", "remaining", "known", "placed", "poor", "outside")


class TopicReader(OpenSnapshot):
    """Answers about topics. A topic that is not in the snapshot, or all of whose answers were withdrawn, has no rows anywhere."""

    _alone: tuple[tuple[dict[str, str], list[str]] | None, list[str]] = (None, [])

    def topics(self, filters: Filters) -> pa.Table:
        """Return the topics of the selected surveys, the largest under the filters first; those without a passage there have size 0.

        Columns: topic, survey, name, named_by_person, size (passages), answers, units, weak (passages that are weak members; these four
        are null where the filters leave too few people), suppressed (whether they are), stability, tentative, x, y (the median place of
        all its passages, whatever the filters), foreseen, nearest_code, and merged (the topics that went into it). Stability,
        tentative, foreseen and nearest_code are those of the topic itself, without the merged ones.
        """
        seen, params = self._seen(filters)
        hidden, more = self._not_hidden("q.answer")
        named, least = self._named()
        params |= more | least | {"surveys": list(filters.surveys) or None}
        topics = TOPICS.format(hidden=hidden, few=self._few("unit", "protection"))
        return beside_codes(self._table(f"WITH {seen}, {named}, {topics}", params))

    def topic_points(self, filters: Filters, limit: int) -> pa.Table:
        """Return the passages on the map; of more than ``limit`` a sample that is always the same.

        What the filters leave of a topic, or outside of all, is not on it where it speaks for too few people.

        Columns: quote, survey, topic (null for an outlier), membership, x, y, text, country, language, wave, effect and direction
        (null where they are not settled; with suggestions those are taken).
        """
        seen, params = self._seen(filters)
        few = self._few("unit", "protection")
        crowd = f"(SELECT (survey, coalesce(topic, '')) FROM seen WHERE NOT lonely GROUP BY survey, topic HAVING {few})"
        enough = "true" if few == "false" else f"(survey, coalesce(topic, '')) NOT IN {crowd}"
        query = f"WITH {seen} {POINTS.format(settled=_settled(filters), enough=enough)}"
        return self._table(query, params | {"limit": max(limit, 0)})

    def topic_words(self, topic: str) -> pa.Table:
        """Return (language, rank, word, weight), with the words of merged topics among them; none that too few people are left to hold."""
        merges, params = self._overlay()
        named, more = self._named()
        target = self._target(topic)
        params |= more | {"topic": "" if target in self._lonely() else target, "shown": topic_spec().words.shown}
        return self._table(f"WITH {merges}, {named} {WORDS}", params)

    def topic_events(self, survey: str) -> pa.Table:
        """Return what became of a survey's topics from fit to fit, the oldest first.

        Columns: fit (from 1), run, made, topic, name, event, others, overlap, similarity. Merges by people are no events of a fit.
        """
        merges, params = self._overlay()
        named, more = self._named()
        return self._table(
            f"""
            WITH {merges}, {named}
            SELECT e.fit, e.run, e.made, e.topic, d.name, e.event, e.others, e.overlap, e.similarity
            FROM topic_events e LEFT JOIN named d USING (topic)
            WHERE e.survey = $survey AND NOT list_contains($lonely::VARCHAR[], e.topic)
            ORDER BY e.fit, {BY_AGE.format("e.topic")}, e.event, e.others
            """,
            params | more | {"survey": survey, "lonely": self._lonely()},
        )

    def topic_models(self) -> pa.Table:
        """Return how the topics of each survey were found, and how well they still hold.

        Columns: survey, fit (its number), run, made, encoder, spec, seed, method, note ("" or why the method is not the consensus), fitted,
        outliers_before, outliers_after, sharing, remaining (of the fitted, there still), outside (in no topic now), known (passages
        that came with the fit), placed (later), poor (placed ones that lie near no topic), drift (their share), refit_proposed,
        proposal (the sentence that says so, or why not).
        """
        models = self._table("SELECT * FROM topic_models ORDER BY survey")
        drifts = [Drift(**{name: row[name] for name in _DRIFT}, outliers_at_fit=row["outliers_after"]) for row in models.to_pylist()]
        return (
            models.append_column("drift", pa.array([drift.share for drift in drifts], pa.float64()))
            .append_column("refit_proposed", pa.array([drift.refit_proposed for drift in drifts], pa.bool_()))
            .append_column("proposal", pa.array([drift.sentence for drift in drifts], pa.string()))
        )

    def central_quotes(self, topic: str, filters: Filters, count: int = 3) -> pa.Table:
        """Return the quotes nearest to the middle of a topic, with the columns of ``quotes``: core members first, of as many countries as
        there are, no text twice and of translations one.
        """
        seen, params = self._seen(filters)
        return self._quotes(f"WITH {seen} {CENTRAL}", params | {"topic": self._target(topic), "limit": max(count, 0)})

    def topic_codes(self, topic: str, filters: Filters) -> pa.Table:
        """Return the codes that a topic's passages have, those that it surely has more often than others first.

        Columns: facet, code, passages, share (of the topic's passages), low, high (its 95 % interval), base (share in all passages of the
        survey under the filters, outliers too), lift (share / base), over_represented (the whole interval lies above the base, and
        at least three passages stand behind it; never of relevance, effect or direction, which say how it is spoken), suppressed
        (whether the topic's passages with the code speak for too few, so that all figures of it are null). Of
        translations one counts; codes that wait for a review only with suggestions. A selection of topics is lifted.
        """
        lifted, _ = self._lifted(filters)
        seen, params = self._seen(lifted)
        low, high = wilson_sql("passages", "members")
        few = self._few("unit", "protection", "inside")
        query = f"WITH {seen} {CODES.format(settled=_settled(filters), low=low, high=high, few=few)}"
        return self._table(query, params | {"topic": self._target(topic), "fewest": _FEWEST})

    def topic_split(self, by: str, filters: Filters) -> pa.Table:
        """Return how many units of each value of a facet speak of each topic of the same survey.

        Args:
            by: one of ``filters.ATTRIBUTES`` (such as country, language, wave), a facet of codes, or ``attribute:NAME``.
            filters: what is counted; a selection of topics only says which are returned, totals stay those of all.

        Returns:
            topic, value, units, total (units that have the value, of any topic or none), share, low, high (95 % interval). Every
            value that the survey has is there for each of its topics, with 0 units where nobody spoke of it. Where ``suppressed``, units,
            share and interval are null, and so is the total where it speaks for too few itself.

        Raises:
            StoreError: ``by`` is ``topic`` itself.
        """
        if by == TOPIC:
            raise StoreError("topics cannot be split by topic; name another facet")
        lifted, chosen = self._lifted(filters)
        seen, params = self._seen(lifted)
        if by in ATTRIBUTES:
            value, join = f"s.{ATTRIBUTES[by]}", ""
        elif by.startswith(SURVEY_ATTRIBUTE):
            value, join = "t.value", 'JOIN (SELECT * FROM attributes WHERE name = $by) t USING ("row")'
            params["by"] = by.removeprefix(SURVEY_ATTRIBUTE)
        else:
            value, join = "c.code", f'JOIN (SELECT * FROM codes c WHERE facet = $by AND {_settled(filters)}) c USING ("row")'
            params["by"] = by
        low, high = wilson_sql("units", "total")
        few = self._few("unit", "protection")
        split = SPLIT.format(value=value, join=join, few=few, low=low, high=high, age=BY_AGE.format("topic"))
        return self._table(f"WITH {seen} {split}", params | {"chosen": chosen})

    def beyond_codebook(self, filters: Filters) -> pa.Table:
        """Return the topics by how badly codes of content explain them, the worst explained first.

        Columns: topic, unexplained (1 − the F1 with which the best code, or the best two codes that a passage has together, tell its
        passages from the others of its survey; of codes and pairs that three of its passages have), best_codes ("facet:code", those
        one or two), foreseen, without_code (share of its passages that have no code of content), size (passages under the filters),
        suppressed (whether the filters leave too few people of it: its own figures are null then).
        Of translations one counts; codes that wait for a review count only with suggestions. A selection of topics only says which
        are returned.
        """
        lifted, chosen = self._lifted(filters)
        seen, params = self._seen(lifted)
        bare = """(counts AND "row" NOT IN (SELECT "row" FROM content))"""
        fews = {"few": self._few("unit", "protection"), "few_bare": self._few("unit", "protection", bare)}
        query = f"WITH {seen} {BEYOND.format(settled=_settled(filters), age=BY_AGE.format('s.topic'), **fews)}"
        least = {"fewest": _FEWEST, "fewest_people": INTERNAL_THRESHOLD}
        return self._table(query, params | least | {"chosen": chosen, "aside": list(WITHOUT_CONTENT)})

    def known_topics(self) -> frozenset[str]:
        """Return the ids of all topics that ever were in the surveys of the snapshot."""
        return frozenset(self._table("SELECT topic FROM topics").column(0).to_pylist())

    def _seen(self, filters: Filters) -> tuple[str, dict[str, Any]]:
        """Return the tables ``merges``, ``names`` and ``seen`` for a query, with their parameters."""
        merges, params = self._overlay()
        where, more = self._where(filters)
        counted, last = self._counted_version(filters)
        return f"{merges}, {SEEN.format(where=where, counted=counted)}", params | more | last | {"lonely": self._lonely()}

    def _lonely(self) -> list[str]:
        """Return the topics that speak for too few people, whatever the filters: counted anew only when somebody decided something."""
        if not (self._guards and self._inside):
            return []
        stamp = (self._topic_decisions().targets(self._topics), self._withdrawn())
        known, lonely = self._alone
        if known != stamp:
            merges, params = self._overlay()
            hidden, more = self._not_hidden("q.answer")
            query = LONELY.format(hidden=hidden, few=self._few("q.unit", "q.protection"))
            lonely = self._table(f"WITH {merges} {query}", params | more).column(0).to_pylist()
            self._alone = (stamp, lonely)
        return lonely

    def _overlay(self) -> tuple[str, dict[str, Any]]:
        return overlay(self._topic_decisions(), self._topics)

    def _named(self) -> tuple[str, dict[str, Any]]:
        """Return the tables ``spoken`` (words that are shown) and ``named``, for which ``names`` is there, with their parameters.

        The snapshot holds but words that enough people hold: they are counted again only where somebody was withdrawn since.
        """
        hidden, params = self._not_hidden("q.answer")
        if not params:
            return NAMED.format(spoken='SELECT topic, language, "rank" FROM topic_words'), params
        spoken = SPOKEN.format(holders=HOLDERS_LEFT.format(hidden=hidden))
        return NAMED.format(spoken=spoken), params | {"least": least_speakers()}

    def _target(self, topic: str) -> str:
        return self._topic_decisions().target(topic, self._topics)

    def _lifted(self, filters: Filters) -> tuple[Filters, list[str] | None]:
        """Return the filters without a selection of topics, and that selection."""
        chosen = self._resolved(filters).selected().get(TOPIC)
        return filters.without(TOPIC), None if chosen is None else list(chosen)


def _settled(filters: Filters) -> str:
    return "true" if filters.suggestions else "NOT c.review"
