"""What people are told of without being asked. A cause holds ids, names of surveys and stages, shares, kinds and commands: never a text.

No count of people or passages is told, and shares of them in steps of five percent: a notice leaves the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

Kind = Literal["failed", "partly_failed", "rejects", "languages", "topics", "abstention", "codebook_changed", "codebook_stale", "trial"]
#: What a person can choose not to be told of.
KINDS: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "trial")


@dataclass(frozen=True)
class Cause:
    """One thing that needs a person.

    Attributes:
        subject: what it is told of once: a run, a fit of topics, a version of the codebook.
        survey: "" where it is of no survey.
        stage: where a run failed.
        error: the kind of error, the name of its class.
        share: percent of what came with the run.
        usual: percent of what came before, or the limit that a person set.
        about: kinds of rejects, a language, kinds of reasons, versions.
        command: what to type.
    """

    kind: Kind
    subject: str
    survey: str = ""
    stage: str = ""
    error: str = ""
    share: int | None = None
    usual: int | None = None
    about: tuple[str, ...] = ()
    command: str = ""

    @property
    def key(self) -> str:
        """Return what it is known by in the record of what was told."""
        return " ".join((self.kind, self.survey, self.subject))

    @property
    def headline(self) -> str:
        """Return it in a few words."""
        return _HEADLINES[self.kind] + (f" in {self.survey}" if self.survey else "")

    @property
    def sentence(self) -> str:
        """Return what happened and what to do."""
        return f"{_SENTENCES[self.kind](self)} Type: {self.command}"


_HEADLINES: Mapping[Kind, str] = {
    "failed": "a run failed",
    "partly_failed": "a run partly failed",
    "rejects": "many rows cannot be used",
    "languages": "other languages than before",
    "topics": "topics may be outdated",
    "abstention": "more codes wait for review",
    "codebook_changed": "the codebook changed",
    "codebook_stale": "codes of an older codebook or coder",
    "trial": "a trial",
}
_SENTENCES: Mapping[Kind, Callable[[Cause], str]] = {
    "failed": lambda cause: f"The run failed{_where(cause)}. What was published before is still shown.",
    "partly_failed": lambda cause: (
        f"{cause.survey or 'A folder of data/raw'} was not carried through{_where(cause)}. The rest is not held up by it."
    ),
    "rejects": lambda cause: f"{cause.share} % of the rows of {cause.survey} cannot be used (limit {cause.usual} %): {_listed(cause)}.",
    "languages": lambda cause: (
        f"What came in {cause.survey} is in other languages: {_listed(cause)} {_about(cause.share)}, before {_about(cause.usual)}."
    ),
    "topics": lambda cause: f"The topics of {cause.survey} may be outdated: {_listed(cause)}. They stay as they are until a person asks.",
    "abstention": lambda cause: (
        f"In {cause.survey} {_about(cause.share)} of the codes of what came wait for review, of what came before {_about(cause.usual)}."
    ),
    "codebook_changed": lambda cause: (
        f"The codebook changed since the last run ({_listed(cause)}): everything was coded anew. "
        "Figures from before and after are not to be compared."
    ),
    "codebook_stale": lambda cause: f"Passages of {cause.survey} carry codes of another codebook or coder than those in force.",
    "trial": lambda cause: "This is a trial: somebody tried whether notices arrive, and nothing is wrong.",
}


@dataclass(frozen=True)
class Notice:
    """What is sent at once: the causes of one run. ``run`` is "" where none began."""

    run: str
    causes: tuple[Cause, ...]

    @property
    def subject(self) -> str:
        """Return the gist on one line."""
        more = f" and {len(self.causes) - 1} more" if len(self.causes) > 1 else ""
        return f"Suasion: {self.causes[0].headline}{more}"

    @property
    def text(self) -> str:
        """Return the notice in words."""
        of = [f"Run {self.run}", ""] if self.run else []
        return "\n".join([*of, *(f"- {cause.sentence}" for cause in self.causes), "", "No notice ever holds a word of an answer."])

    def payload(self) -> dict[str, object]:
        """Return the notice for programs: ``text``, which chats show, and the causes with all their fields."""
        return {"text": f"{self.subject}\n{self.text}", "run": self.run, "causes": [asdict(cause) for cause in self.causes]}


def _where(cause: Cause) -> str:
    return (f" at the stage {cause.stage}" if cause.stage else "") + (f" ({cause.error})" if cause.error else "")


def _about(share: int | None) -> str:
    return f"about {share} %" if share else "under 5 %"


def _listed(cause: Cause) -> str:
    return "; ".join(cause.about)
