"""What a survey's description says of disclosure control."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from flows.mapping import Part
from store.suppression import OUTSIDE_THRESHOLD, checked_threshold
from taxonomy.errors import StoreError


class Disclosure(Part):
    """Counts of fewer respondents than the threshold are told to nobody outside."""

    threshold: int = OUTSIDE_THRESHOLD

    @field_validator("threshold", mode="before")
    @classmethod
    def _protects(cls, value: Any) -> int:
        try:
            return checked_threshold(value)
        except StoreError:
            said = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
            raise ValueError(f"{said} would protect nobody; give a whole number of 2 or more, without quotes") from None
