"""What the stages of one run share: the store's writer, the codebook and the models, each loaded when first needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from flows.ingest import fingerprint
from flows.logs import RunLog
from flows.masking import masking_of
from flows.progress import Terminal
from flows.raw_folders import Found, survey_folder
from models.code_seeds import CodeSeeds
from models.coding import Coder
from models.encoders import Encoder
from models.masking import Masking, Protection
from models.topic_spec import topic_spec
from store import Paths, SurveyRecord, Writer
from taxonomy import Codebook, load_codebook


@dataclass(frozen=True)
class Versions:
    """All that a survey's codes depend on besides its own files and how it is masked, which its description decides."""

    segmenter: str
    encoder: str
    coder: str
    codebook: str

    def recorded(self) -> dict[str, str]:
        """Return what a run's record says of them. It names the masks of a protected survey, which are all, and how topics are found."""
        return asdict(self) | {"masker": Masking(Protection.PROTECTED).version, "topics": topic_spec().stamp}


def current_versions(codebook: Codebook) -> Versions:
    """Return the versions in force, without loading a model."""
    from models.coder import coder_version
    from models.encoders import encoder_version
    from models.segmentation import SEGMENTER

    return Versions(SEGMENTER, encoder_version(), coder_version(), codebook.stamp)


def work_key(found: Found, versions: Versions) -> str:
    """Return what stands for all the work that a survey needs: where it is the one that was done last, nothing is to be done."""
    masker = masking_of(found.survey, found.folder).version
    return " ".join((fingerprint(found.survey, found.folder), masker, *asdict(versions).values()))


def is_due(writer: Writer, found: Found, versions: Versions) -> bool:
    """Say whether a run would do anything for a survey, without Prefect and without a model.

    That the specification of topics changed is nothing to do: topics are found anew when a person asks for it.
    """
    survey = found.survey.id
    return writer.fingerprint(survey) != work_key(found, versions) or topics_wait(writer, survey, versions.encoder)


def topics_wait(writer: Writer, survey: str, encoder: str) -> bool:
    """Say whether a survey's topics were never looked for, or passages of it were not placed among them yet."""
    return writer.topic_model(survey) is None or writer.topic_queue(survey, encoder).waiting > 0


def survey_record(found: Found) -> SurveyRecord:
    """Return the store's record of a survey as it is described."""
    survey = found.survey
    return SurveyRecord(
        survey=survey.id,
        title=survey.title,
        source=survey.source,
        licence=survey.licence,
        protection=survey.protection,
        text_kind=survey.text_kind,
        has_respondents=survey.has_respondents,
        languages=survey.languages,
        questions=tuple((question.id, question.wording, question.area) for question in survey.questions),
        threshold=survey.disclosure.threshold,
    )


class Workshop:
    """The run's tools. Given to Prefect's tasks as one opaque object, so that no text is ever a parameter."""

    def __init__(self, writer: Writer, paths: Paths, terminal: Terminal, surveys: Sequence[str]) -> None:
        self.writer = writer
        self.paths = paths
        self.terminal = terminal
        self.codebook = load_codebook()
        self.versions = current_versions(self.codebook)
        self.run = writer.begin_run(surveys, self.versions.recorded())
        self.log = RunLog(paths, self.run, terminal)
        self._found: dict[str, Found] = {}
        self._maskings: dict[str, Masking] = {}

    def survey(self, name: str) -> Found:
        """Return a survey's folder and description, read once per run."""
        if name not in self._found:
            self._found[name] = survey_folder(self.paths, name)
        return self._found[name]

    def masking(self, survey: str) -> Masking:
        """Return what is masked in a survey's answers, read once per run."""
        if survey not in self._maskings:
            found = self.survey(survey)
            self._maskings[survey] = masking_of(found.survey, found.folder)
        return self._maskings[survey]

    def stage_versions(self, survey: str) -> dict[str, str]:
        """Return the versions a survey's stages are keyed by: which languages are looked for is part of the segmenter's."""
        languages = ",".join(self.survey(survey).survey.languages)
        own = {"masker": self.masking(survey).version, "segmenter": f"{self.versions.segmenter} {languages}"}
        return asdict(self.versions) | own

    @cached_property
    def encoder(self) -> Encoder:
        """The multilingual encoder."""
        from models.encoders import load_encoder

        return load_encoder()

    @cached_property
    def code_seeds(self) -> CodeSeeds:
        """Where the codes of the codebook lie among passages: all its definitions and examples encoded."""
        from models.code_seeds import code_seeds

        return code_seeds(self.codebook, self.encoder)

    @cached_property
    def coder(self) -> Coder:
        """The coder, with the definitions of the codebook encoded."""
        from models.coder import load_coder

        return load_coder(self.codebook, self.encoder)
