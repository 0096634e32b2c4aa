"""A small store made up for tests: every kind of survey, answer, code and claim that a reader can meet, once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.identity import identifier, quote_id
from models.tables import ANSWERS, CLAIMS, CODED, CODES, MASKED, PASSAGES, VECTORS
from store import Paths, SurveyRecord, Writer

ENCODER = "fake 1"
CODER = "fake-coder 1"
CODEBOOK = "1.0.0+abcdef01"
MASKER = "fake-masker 1"
SEGMENTER = "fake-segmenter 1"
VERSIONS = {"encoder": ENCODER, "coder": CODER, "codebook": CODEBOOK, "masker": MASKER, "segmenter": SEGMENTER}


@dataclass(frozen=True)
class Sentence:
    """One passage. Codes are ``facet:code``, a trailing ? asks for review; claims are (actor, mechanism, right, effect).

    A claim waits for a review where one of its codes or the relevance does.
    """

    text: str
    codes: tuple[str, ...] = ("relevance:influence",)
    claims: tuple[tuple[str, str | None, str | None, str], ...] = ()
    language: str | None = None
    confidence: float = 0.9
    learned_from: bool = False

    def waits(self, actor: str, mechanism: str | None, right: str | None) -> bool:
        doubted = {code.removesuffix("?") for code in self.codes if code.endswith("?")}
        return bool(doubted & {"relevance:influence", f"actor:{actor}", f"mechanism:{mechanism}", f"right:{right}"})


@dataclass(frozen=True)
class Response:
    """One answer as its sentences, joined by a blank."""

    row: str
    sentences: tuple[Sentence, ...]
    country: str | None = "BRA"
    language: str | None = "en"
    wave: str | None = "2025"
    question: str = "q1"
    respondent: str | None = None
    group: str | None = None
    embargo: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


REPORTS = SurveyRecord(
    survey="reports", title="Country reports", source="Example Department", licence="Public domain", protection="public",
    text_kind="transcribed", has_respondents=False, languages=("en",),
    questions=(("q1", "What do companies do?", None),),
)  # fmt: skip
SUMMARIES = SurveyRecord(
    survey="summaries", title="Summaries of answers", source="Example Initiative", licence="CC BY 4.0", protection="public",
    text_kind="paraphrase", has_respondents=False, languages=("pt", "en", "ko"),
    questions=(("q1", "Who is at risk of arrest?", "physical_integrity"), ("q2", "Who lacks housing?", "economic_social")),
)  # fmt: skip
EXPERTS = SurveyRecord(
    survey="experts", title="Expert survey", source="Example Institute", licence="All rights reserved", protection="protected",
    text_kind="verbatim", has_respondents=True, languages=("en", "ko"),
    questions=(("q1", "Have investors encouraged policies?", "empowerment"), ("q2", "If so, how?", "economic_social")),
)  # fmt: skip

BANK = Sentence(
    "Foreign banks lobbied against the labour law.",
    ("relevance:influence", "actor:bank", "origin:foreign", "industry:finance", "mode:passive", "mechanism:lobbying",
     "direction:discouraged", "effect:harms", "right:work", "labour:minimum_wage?"),
    (("bank", "lobbying", "work", "harms"),),
)  # fmt: skip
FACTORY = Sentence(
    "Garment factories dismissed workers who had joined a union.",
    ("relevance:influence", "actor:corporation", "industry:apparel", "mode:active", "mechanism:labour_practices", "direction:not_stated",
     "effect:harms", "right:work", "right:assembly", "labour:association_bargaining", "people_at_risk:19"),
    (("corporation", "labour_practices", "work", "harms"), ("corporation", "labour_practices", "assembly", "harms")),
    confidence=0.95,
)  # fmt: skip
BANK_AND_FACTORY = Sentence(
    "A bank advised austerity, and a mine <b>polluted</b> the river.",
    ("relevance:influence", "actor:bank", "actor:corporation", "industry:mining", "mode:both", "mechanism:advice_conditionality",
     "mechanism:environment", "effect:mixed?", "right:housing", "right:environment"),
    (("bank", "advice_conditionality", "housing", "harms"), ("corporation", "environment", "environment", "harms")),
    confidence=0.6,
)  # fmt: skip
CLINIC = Sentence(
    "A company opened clinics in the région.",
    ("relevance:influence", "actor:corporation", "industry:health", "mode:active", "mechanism:public_advocacy",
     "effect:improves", "right:health"),
    (("corporation", "public_advocacy", "health", "improves"),),
)  # fmt: skip
OFF_TOPIC = Sentence("The police arrested journalists.", ("relevance:off_topic", "right:arrest"), confidence=0.7)
NOTHING = Sentence("n/a", ("relevance:non_substantive",), confidence=0.99)
KOREAN = Sentence(
    "다국적기업이 국제인권법을 무시했다.",
    ("relevance:influence", "actor:corporation", "origin:foreign", "mode:active", "mechanism:inaction", "effect:harms", "right:remedy"),
    (("corporation", "inaction", "remedy", "harms"),),
    "ko",
    0.8,
)  # fmt: skip
PORTUGUESE = replace(OFF_TOPIC, text="A polícia prendeu jornalistas 🙂.", language="pt")

CONTENT: tuple[tuple[SurveyRecord, tuple[Response, ...]], ...] = (
    (REPORTS, (
        Response("1", (BANK, CLINIC)),
        Response("2", (FACTORY,), country="BGD", wave="2024"),
        Response("3", (BANK_AND_FACTORY, OFF_TOPIC), country=None),
        Response("4", (NOTHING,), country="KOR", wave=None),
    )),
    (SUMMARIES, (
        # Two language versions of one group, as many in each: the survey's first language, Portuguese, counts.
        Response("1", (replace(FACTORY, text="Fábricas demitiram sindicalistas.", language="pt"),), language="pt", group="g1"),
        Response("2", (replace(FACTORY, text="Factories dismissed unionists."),), language="en", group="g1"),
        # Here English has more answers, so English counts.
        Response("3", (PORTUGUESE,), language="pt", group="g2", question="q2"),
        Response("4", (OFF_TOPIC,), language="en", group="g2", question="q2"),
        Response("5", (CLINIC,), language="en", group="g2", question="q2"),
        Response("6", (KOREAN,), country="KOR", language=None, embargo="2999-12-31"),
    )),
    (EXPERTS, (
        Response("1", (BANK,), respondent="r-one", attributes={"role": "lawyer"}),
        Response("2", (CLINIC,), respondent="r-one", question="q2"),
        Response("3", (KOREAN,), country="KOR", language="ko", respondent="r-two"),
        Response("4", (), country="KOR", respondent="r-two", question="q2"),
    )),
)  # fmt: skip


#: Four answers to REPORTS, the last one asked and not answered.
FEW = (Response("1", (BANK, CLINIC)), Response("2", (CLINIC,)), Response("3", (BANK,)), Response("4", ()))


def answer_id(survey: str, row: str) -> str:
    """Return the id of a made-up answer."""
    return identifier(survey, row)


def answers_table(survey: str, responses: Iterable[Response], *, file: str = "file.csv") -> pa.Table:
    """Return what ingest would make of the responses."""
    rows = []
    for number, response in enumerate(responses, start=1):
        row = {
            "answer": answer_id(survey, response.row),
            "survey": survey,
            "wave": response.wave,
            "question": response.question,
            "area": None,
            "country": response.country,
            "declared_language": response.language,
            "respondent": response.respondent,
            "text": response.text,
            "submitted": None,
            "embargo": response.embargo,
            "translation_group": response.group,
            "attributes": json.dumps(response.attributes),
        }
        rows.append(row | {"file": file, "row": number, "content": identifier(*row.values())})
    return pa.Table.from_pylist(rows, schema=ANSWERS)


def masked_table(waiting: pa.Table, masker: str = MASKER) -> pa.Table:
    """Return what a masker that finds nothing makes."""
    rows = [{"answer": row["answer"], "masked": row["text"], "masks": [], "masker": masker} for row in waiting.to_pylist()]
    return pa.Table.from_pylist(rows, schema=MASKED)


def passages_table(waiting: pa.Table, responses: Sequence[Response], survey: str, segmenter: str = SEGMENTER) -> pa.Table:
    """Return each sentence of the responses as a passage."""
    by_answer = {answer_id(survey, response.row): response for response in responses}
    rows = []
    for row in waiting.to_pylist():
        answer, masked, at = row["answer"], row["masked"], 0
        for sentence in by_answer[answer].sentences:
            end = at + len(sentence.text)
            rows.append(
                {
                    "passage": quote_id(survey, answer, masked, at, end),
                    "answer": answer,
                    "start": at,
                    "end": end,
                    "text": sentence.text,
                    "language": sentence.language or "en",
                    "language_confidence": 0.9,
                    "segmenter": segmenter,
                }
            )
            at = end + 1
    return pa.Table.from_pylist(rows, schema=PASSAGES)


def vectors_table(waiting: pa.Table, encoder: str = ENCODER, dimensions: int = 4) -> pa.Table:
    """Return unit vectors that depend on the text alone."""
    rows = []
    for row in waiting.to_pylist():
        vector = np.random.default_rng(int(row["text_hash"][:8], 16)).normal(size=dimensions)
        rows.append({"text_hash": row["text_hash"], "encoder": encoder, "vector": (vector / np.linalg.norm(vector)).tolist()})
    return pa.Table.from_pylist(rows, schema=VECTORS)


def codes_tables(waiting: pa.Table, responses: Sequence[Response], coder: str = CODER) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return (coded passages, codes, claims); each code of a facet other than relevance is read from the passage's first word."""
    by_text = {sentence.text: sentence for response in responses for sentence in response.sentences}
    codes, claims = [], []
    for row in waiting.to_pylist():
        sentence = by_text[row["text"]]
        span = {"start": row["start"], "end": row["start"] + len(row["text"].split()[0])}
        for code in sentence.codes:
            facet, value = code.removesuffix("?").split(":")
            codes.append(
                {
                    "passage": row["passage"],
                    "facet": facet,
                    "code": value,
                    "coder": coder,
                    "confidence": 0.3 if code.endswith("?") else sentence.confidence,
                    "evidence": "default" if facet == "relevance" else "cue",
                    "spans": [] if facet == "relevance" else [span],
                    "codebook": CODEBOOK,
                    "review": code.endswith("?"),
                }
            )
        for number, (actor, mechanism, right, effect) in enumerate(sentence.claims):
            claims.append(
                {
                    "claim": identifier(row["passage"], number),
                    "passage": row["passage"],
                    "actor": actor,
                    "mechanism": mechanism,
                    "right": right,
                    "mode": "active",
                    "direction": "not_stated",
                    "effect": effect,
                    "spans": [span],
                    "coder": coder,
                    "review": sentence.waits(actor, mechanism, right),
                }
            )
    learned_from = pa.array([by_text[text].learned_from for text in waiting["text"].to_pylist()], pa.bool_())
    coded = pa.Table.from_arrays([waiting["passage"], waiting["key"], learned_from], schema=CODED)
    return coded, pa.Table.from_pylist(codes, schema=CODES), pa.Table.from_pylist(claims, schema=CLAIMS)


def process(writer: Writer, survey: SurveyRecord, responses: Sequence[Response], run: str) -> None:
    """Carry a survey through every stage with fakes."""
    name = survey.survey
    writer.put_survey(survey)
    writer.put_answers(name, answers_table(name, responses), run)
    writer.put_masked(masked_table(writer.to_mask(name, MASKER)))
    waiting = writer.to_segment(name, SEGMENTER)
    writer.put_passages(waiting.column("answer").to_pylist(), passages_table(waiting, responses, name), SEGMENTER)
    writer.put_vectors(vectors_table(writer.to_embed(name, ENCODER)))
    writer.put_codes(*codes_tables(writer.to_code(name, ENCODER, CODER, CODEBOOK), responses))


def build_store(root: Path, views: Sequence[str] = ("internal", "partner", "public")) -> Paths:
    """Make a store of three small surveys, one of them protected, and publish the views. It takes about half a second."""
    paths = Paths(root)
    with Writer(paths, "tests") as writer:
        run = writer.begin_run([survey.survey for survey, _ in CONTENT], VERSIONS)
        for survey, responses in CONTENT:
            process(writer, survey, responses, run)
        for view in views:
            writer.publish(view, run)
        writer.finish_run(run, "done")
    return paths
