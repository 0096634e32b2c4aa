"""What a run did, in numbers: for the terminal, the store and Prefect's artifact."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flows.notice_causes import Cause


@dataclass(frozen=True)
class StageCount:
    """What one stage did for one survey; ``skipped`` was known from an earlier run."""

    survey: str
    stage: str
    came: int
    made: int
    rejected: int
    skipped: int
    seconds: float


@dataclass(frozen=True)
class RunReport:
    """A run as a whole. Seconds of loading models and of publishing stand apart from those of the stages; ``causes`` need a person."""

    run: str
    stages: tuple[StageCount, ...]
    snapshot: str
    snapshot_is_new: bool
    quotes: int
    loading_seconds: float
    publishing_seconds: float
    failures: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def processing_seconds(self) -> float:
        """All the work, without imports, models' loading and Prefect's start."""
        return sum(stage.seconds for stage in self.stages) + self.publishing_seconds

    def rows(self) -> list[dict[str, object]]:
        """Return one row per survey and stage."""
        return [asdict(stage) | {"seconds": round(stage.seconds, 2)} for stage in self.stages]

    def lines(self) -> list[str]:
        """Return the report as lines for a terminal."""
        lines = []
        for stage in self.stages:
            parts = [f"{stage.made} made"]
            parts += [f"{stage.rejected} rejected (suasion rejects {stage.survey})"] * bool(stage.rejected)
            parts += [f"{stage.skipped} known"] * bool(stage.skipped)
            lines.append(f"  {stage.survey} · {stage.stage}: {stage.came} came, {', '.join(parts)} ({stage.seconds:.1f} s)")
        lines += self.failures
        new = "New snapshot" if self.snapshot_is_new else "Nothing changed in the snapshot"
        lines.append(f"{new} {self.snapshot}: {self.quotes} passages to browse. Look at it with: suasion explore")
        lines.append(f"Processing took {self.processing_seconds:.1f} s, loading the models {self.loading_seconds:.1f} s.")
        return lines
