"""The Arrow tables that pass between stages, and what a stage returns."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT_KINDS = ("verbatim", "paraphrase", "transcribed", "invented")

SPAN = pa.struct([pa.field("start", pa.int32(), nullable=False), pa.field("end", pa.int32(), nullable=False)])

#: What ingest makes. ``text`` is the original as it arrived (control characters removed); it never leaves the writer's file.
ANSWERS = pa.schema(
    [
        pa.field("answer", pa.string(), nullable=False),  # id: survey, row key, question
        pa.field("survey", pa.string(), nullable=False),
        pa.field("wave", pa.string()),
        pa.field("question", pa.string(), nullable=False),
        pa.field("area", pa.string()),  # rights area asked about, or null
        pa.field("country", pa.string()),  # ISO 3166-1 alpha-3, or null
        pa.field("declared_language", pa.string()),  # ISO 639-1, or null
        pa.field("respondent", pa.string()),  # keyed hash, or null where the source has none
        pa.field("text", pa.string(), nullable=False),  # "" where asked and not answered
        pa.field("submitted", pa.string()),  # ISO 8601
        pa.field("embargo", pa.string()),  # ISO 8601 date until which nothing is shown outside `internal`
        pa.field("translation_group", pa.string()),  # answers that are language versions of one another
        pa.field("attributes", pa.string(), nullable=False),  # JSON object of text to text
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),  # 1-based data row in the file
        pa.field("content", pa.string(), nullable=False),  # hash of all the above but file and row: tells changed from known
    ]
)

REJECTS = pa.schema(
    [
        pa.field("survey", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64()),  # null where the whole file or column is meant
        pa.field("column", pa.string()),
        pa.field("reason", pa.string(), nullable=False),  # never quotes the answer
    ]
)

MASK = pa.struct(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),  # in the masked text
        pa.field("end", pa.int32(), nullable=False),
        pa.field("original_start", pa.int32(), nullable=False),
        pa.field("original_end", pa.int32(), nullable=False),
    ]
)

#: What masking makes: one row per answer.
MASKED = pa.schema(
    [
        pa.field("answer", pa.string(), nullable=False),
        pa.field("masked", pa.string(), nullable=False),
        pa.field("masks", pa.list_(MASK), nullable=False),
        pa.field("masker", pa.string(), nullable=False),
    ]
)

#: What segmentation makes: offsets are code points of the masked answer; ``text`` is that very slice.
PASSAGES = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),  # models.identity.quote_id
        pa.field("answer", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("language_confidence", pa.float32(), nullable=False),
        pa.field("segmenter", pa.string(), nullable=False),
    ]
)

#: What encoding makes. All vectors of one encoder have one length.
VECTORS = pa.schema(
    [
        pa.field("text_hash", pa.string(), nullable=False),
        pa.field("encoder", pa.string(), nullable=False),
        pa.field("vector", pa.list_(pa.float32()), nullable=False),
    ]
)

#: What a coder is given: one row per passage, with the text asked about and the vector of ``text``.
CODABLE = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),  # of the passage in its answer: spans are shifted by it
        pa.field("language", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("area", pa.string()),
        pa.field("key", pa.string(), nullable=False),  # all that the codes depend on
        pa.field("vector", pa.list_(pa.float32()), nullable=False),
    ]
)

#: The passages that a coder has coded, whether or not it found a code.
CODED = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("key", pa.string(), nullable=False),  # of CODABLE
        pa.field("learned_from", pa.bool_(), nullable=False),  # the coder was trained on this passage
    ]
)

#: The passages that could not be coded.
UNCODED = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # never quotes the passage
    ]
)

#: Codes, with spans in code points of the masked answer. What waits for a review is a suggestion: it is kept and not counted.
CODES = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("facet", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("coder", pa.string(), nullable=False),
        pa.field("confidence", pa.float32(), nullable=False),
        pa.field("evidence", pa.string(), nullable=False),  # cue | rule | model | similarity | default
        pa.field("spans", pa.list_(SPAN), nullable=False),
        pa.field("codebook", pa.string(), nullable=False),  # "<version>+<first 8 digits of the content hash>"
        pa.field("review", pa.bool_(), nullable=False),
    ]
)

CLAIMS = pa.schema(
    [
        pa.field("claim", pa.string(), nullable=False),
        pa.field("passage", pa.string(), nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("mechanism", pa.string()),
        pa.field("right", pa.string()),
        pa.field("mode", pa.string(), nullable=False),
        pa.field("direction", pa.string(), nullable=False),
        pa.field("effect", pa.string(), nullable=False),
        pa.field("spans", pa.list_(SPAN), nullable=False),
        pa.field("coder", pa.string(), nullable=False),
        pa.field("review", pa.bool_(), nullable=False),  # a code that it rests on waits for a review
    ]
)

#: What topics are found in, and placed among: one row per passage that says anything. ``counted`` is false where another language
#: version of the answer counts; such a passage is placed, never fitted.
TOPICABLE = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),  # who speaks: one for all answers of a respondent, and for all versions of an answer
        pa.field("text", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("counted", pa.bool_(), nullable=False),
        pa.field("vector", pa.list_(pa.float32()), nullable=False),
    ]
)

#: Which passage belongs to which topic, and where it lies on the map.
TOPIC_MEMBERS = pa.schema(
    [
        pa.field("passage", pa.string(), nullable=False),
        pa.field("topic", pa.string()),  # null for an outlier
        pa.field("membership", pa.string(), nullable=False),  # core | weak | outlier
        pa.field("fitted", pa.bool_(), nullable=False),  # the topics were found in it, or it was placed among them later
        pa.field("similarity", pa.float32(), nullable=False),  # cosine to the centroid of the topic, for an outlier of the nearest one
        pa.field("x", pa.float32(), nullable=False),
        pa.field("y", pa.float32(), nullable=False),
    ]
)

#: The topics of one fit.
TOPICS = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),  # "<survey>.<number>", never given to another topic
        pa.field("name", pa.string(), nullable=False),  # made of its words, until a person gives one
        pa.field("stability", pa.float32()),  # mean Jaccard over resamples; null where none were drawn
        pa.field("tentative", pa.bool_(), nullable=False),
        pa.field("centroid", pa.list_(pa.float32()), nullable=False),  # unit, in the space centred by language
        pa.field("plain_centroid", pa.list_(pa.float32()), nullable=False),  # unit, of the encoder's own vectors: comparable between fits
        pa.field("foreseen", pa.float32(), nullable=False),  # share of its members that lie near a code's definition and examples
        pa.field("nearest_code", pa.string()),  # "facet:code" whose definition and examples lie nearest to the centroid
        pa.field("code_similarity", pa.float32()),
    ]
)

#: The words of topics, the most distinctive first. ``passages``, unlike answers, are others once their text is another one.
TOPIC_WORDS = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),  # from 1
        pa.field("word", pa.string(), nullable=False),
        pa.field("weight", pa.float32(), nullable=False),  # class-based TF-IDF
        pa.field("passages", pa.list_(pa.string()), nullable=False),  # those of the topic that hold it: shown while enough of them are left
    ]
)

#: What became of topics from one fit to the next.
TOPIC_EVENTS = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),
        pa.field("event", pa.string(), nullable=False),  # born | continued | returned | died | split | merged
        pa.field("others", pa.list_(pa.string()), nullable=False),  # split: its parts; merged: what it went into or came from
        pa.field("overlap", pa.float32()),  # Jaccard over the passages that both fits know
        pa.field("similarity", pa.float32()),  # cosine of the plain centroids
    ]
)


@dataclass(frozen=True)
class Outcome:
    """What a stage made and what it could not use, each reject with its reason."""

    made: pa.Table
    rejected: pa.Table


def no_rejects() -> pa.Table:
    """Return an empty table of rejects."""
    return REJECTS.empty_table()
