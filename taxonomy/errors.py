"""Every error that Suasion raises on purpose. A message says where, what is wrong and what to do; never an answer's text."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path


class SuasionError(Exception):
    """Root of all errors a user can meet and act upon."""


class FaultsError(SuasionError):
    """Several faults found together in one file, each with its place.

    Attributes:
        source: the file or object that was checked.
        faults: one line per fault, each beginning with its place.
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__("\n".join([f"{source}: {len(self.faults)} {noun}", *(f"  {fault}" for fault in self.faults)]))


class CodebookError(FaultsError):
    """The codebook is not valid."""


class SurveyError(FaultsError):
    """A survey's description is not valid."""


class RegistryError(FaultsError):
    """A registry of encoders is not valid."""


class NoticeError(FaultsError):
    """How people are to be told of runs is not said soundly."""


class ScheduleError(FaultsError):
    """When runs begin by themselves is not said soundly."""


class ServeError(SuasionError):
    """What runs by itself cannot be started."""


class RawFileError(SuasionError):
    """A raw file cannot be read at all."""


class ModelError(SuasionError):
    """A model is missing, is not the one expected, or cannot serve."""


class StoreError(SuasionError):
    """The store refuses what it was asked."""


class StoreBusyError(StoreError):
    """Another process is writing."""


class VerbatimError(StoreError):
    """A span does not match the text it is said to come from."""


class SnapshotError(StoreError):
    """A snapshot is missing, damaged, or of another schema."""


class ConfirmationError(SuasionError):
    """Something needs a person's explicit word first."""


class AccessError(SuasionError):
    """Somebody may not see or do this, or who may is not said soundly."""


class StageError(SuasionError):
    """A stage broke on something nobody foresaw. Told by place and kind alone: a foreign message may quote an answer."""

    @classmethod
    def of(cls, stage: str, error: BaseException) -> StageError:
        """Return the text-free account of an error: its kind, and the innermost places of the code it went through."""
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        return cls(f"{stage}: {type(error).__name__} at {places}. What was done before is kept; the next run goes on from here")
