"""A quote is true to the letter, or it is not stored. Compared in Python, whose offsets are code points."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from taxonomy.errors import VerbatimError


def check_passages(passages: pa.Table, masked: Mapping[str, str]) -> None:
    """Refuse passages that are not the very slice of their masked answer."""
    columns = (passages.column(name).to_pylist() for name in ("passage", "answer", "start", "end", "text"))
    for passage, answer, start, end, text in zip(*columns, strict=True):
        whole = masked[answer]
        if not 0 <= start < end <= len(whole):
            raise VerbatimError(f"passage {passage}: {start}–{end} does not lie within its answer {answer} ({len(whole)} characters)")
        if whole[start:end] != text:
            raise VerbatimError(f"passage {passage}: its text is not what stands at {start}–{end} of its answer {answer}")


def check_masks(table: pa.Table, originals: Mapping[str, str]) -> None:
    """Refuse masked answers that differ from the original anywhere but under their masks."""
    columns = (table.column(name).to_pylist() for name in ("answer", "masked", "masks"))
    for answer, masked, masks in zip(*columns, strict=True):
        original = originals[answer]
        at = original_at = 0
        end_of_text = {"start": len(masked), "end": len(masked), "original_start": len(original), "original_end": len(original)}
        for mask in [*sorted(masks, key=lambda mask: mask["start"]), end_of_text]:
            ordered = at <= mask["start"] <= mask["end"] and original_at <= mask["original_start"] <= mask["original_end"]
            if not ordered or masked[at : mask["start"]] != original[original_at : mask["original_start"]]:
                place = mask["start"]
                raise VerbatimError(f"masked answer {answer}: it differs from the original outside its masks, before character {place}")
            at, original_at = mask["end"], mask["original_end"]
