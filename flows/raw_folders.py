"""Where surveys lie: under the data folder's own ``raw``, and in ``data/raw`` of the checkout, which holds the shipped ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.description import DESCRIPTION, Survey, find_surveys, load_survey
from store import Paths
from taxonomy.errors import SuasionError, SurveyError

#: A data folder that lies elsewhere, on an encrypted disk say, does not lose the shipped surveys.
CHECKOUT_RAW = Path(__file__).parents[1] / "data" / "raw"


@dataclass(frozen=True)
class Found:
    """A survey with the folder it was found in."""

    folder: Path
    survey: Survey


def folders(paths: Paths) -> dict[str, Path]:
    """Return every survey's folder by the survey's id, those of the data folder before those of the checkout."""
    found: dict[str, Path] = {}
    for raw in dict.fromkeys((paths.raw.resolve(), CHECKOUT_RAW.resolve())):
        for folder in find_surveys(raw):
            found.setdefault(folder.name, folder)
    return dict(sorted(found.items()))


def find(paths: Paths, names: Sequence[str] = ()) -> tuple[tuple[Found, ...], tuple[SuasionError, ...]]:
    """Return the named surveys, all if none is named, and an error for each that cannot be used."""
    known = folders(paths)
    found: list[Found] = []
    errors: list[SuasionError] = [] if names else [_undescribed(name) for name in _without_description(paths)]
    for name in dict.fromkeys(names or known):
        try:
            found.append(Found(*_load(known, name, paths)))
        except SuasionError as error:
            errors.append(error)
    if not known and not names and not errors:
        errors.append(
            SurveyError(str(paths.raw), [f"no survey here; put a folder with files and a {DESCRIPTION} into it (docs/surveys.md)"])
        )
    return tuple(found), tuple(errors)


def survey_folder(paths: Paths, name: str) -> Found:
    """Return one survey.

    Raises:
        SurveyError: it is not there, or its description has faults.
    """
    return Found(*_load(folders(paths), name, paths))


def _load(known: dict[str, Path], name: str, paths: Paths) -> tuple[Path, Survey]:
    if name in _without_description(paths) and name not in known:
        raise _undescribed(name)
    if name not in known:
        there = ", ".join(known) or "none"
        raise SurveyError(name, [f"no such survey under {paths.raw}; there are: {there}"])
    return known[name], load_survey(known[name])


def _without_description(paths: Paths) -> list[str]:
    """Return the folders of the data folder that hold files and no description: someone put an export there and expects it to be read."""
    if not paths.raw.is_dir():
        return []
    return sorted(
        folder.name
        for folder in paths.raw.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(".")
        and not (folder / DESCRIPTION).exists()
        and any(not file.name.startswith(".") for file in folder.iterdir())
    )


def _undescribed(name: str) -> SurveyError:
    return SurveyError(name, [f"the folder has files but no {DESCRIPTION}, so they are not read; docs/surveys.md has one to copy"])
