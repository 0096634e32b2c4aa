"""How a survey is masked: by its protection, and by its own list of public figures where the description names one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import field_validator

from flows.mapping import Filled, Part, filled, inside
from models.masking import Masking, Protection
from models.public_figures import shipped_figures
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from flows.description import Survey


class Masks(Part):
    """The table ``[masking]``: ``public_figures`` is a file in the survey's folder with names that stay, besides those that ship."""

    public_figures: Filled | None = None

    _file = field_validator("public_figures")(filled)
    _inside = field_validator("public_figures")(inside)


def masking_of(survey: Survey, folder: Path) -> Masking:
    """Return what is masked in a survey's answers. No model is loaded.

    Raises:
        ModelError: the survey's list of public figures cannot be read, or is none.
    """
    figures, own = shipped_figures(), survey.masking.public_figures
    return Masking(Protection(survey.protection), figures.with_file(folder / own) if own else figures)


def figures_faults(survey: Survey, folder: Path) -> list[str]:
    """Return what is wrong with the survey's list of public figures, in words for whoever wrote the description."""
    own = survey.masking.public_figures
    if own is None:
        return []
    path = folder / own
    if path.exists() and not path.resolve().is_relative_to(folder.resolve()):
        return [f"masking.public_figures: {own} is a link to a file outside the survey's folder; copy the file into it"]
    try:
        masking_of(survey, folder)
    except ModelError as error:
        return [f"masking.public_figures: {own}: {str(error).removeprefix(f'{path}: ')}"]
    return []
