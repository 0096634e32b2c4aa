"""Faults of a description in a person's words, each with its place."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

Place = Sequence[int | str]


def described(error: ValidationError, model: type[BaseModel], content: Mapping[str, Any]) -> list[str]:
    """Return a line per fault, beginning with its place: ``columns.country.value: …``, ``questions[2].id: …``."""
    return [f"{_place(found['loc'])}: {_message(dict(found), model)}" for found in error.errors(include_url=False)]


def unique(values: tuple[str, ...], noun: str) -> tuple[str, ...]:
    """Return the values, or complain that one is listed twice."""
    twice = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    if twice:
        raise ValueError(f"{noun} listed twice: {', '.join(twice)}")
    return values


def near(word: str, words: Sequence[str]) -> str:
    """Return '; did you mean "…"?' where one of the words is much like the given one, else nothing."""
    by_fold = {other.casefold(): other for other in words}
    found = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.7)
    return f'; did you mean "{by_fold[found[0]]}"?' if found else ""


def _place(loc: Place) -> str:
    place = ""
    for step in loc:
        place += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if place else str(step)
    return place or "the file"


def _message(error: dict[str, Any], model: type[BaseModel]) -> str:
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        key, known = str(error["loc"][-1]), _keys(model, error["loc"][:-1])
        if key in model.model_fields and len(error["loc"]) > 1:
            return "unknown key here; it belongs at the top of the file, above the first [table]"
        return f"unknown key{near(key, known) or '; known: ' + ', '.join(known)}"
    if kind == "literal_error":
        choices = [choice.strip("' ") for choice in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"must be one of {', '.join(choices)}{near(given, choices) if isinstance(given, str) else ''}"
    if kind == "string_type":
        return "must be text, in quotes"
    if kind in ("tuple_type", "list_type"):
        return "must be a list, as in [[questions]]" if error["loc"] == ("questions",) else 'must be a list, as in ["one", "two"]'
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "must be a table of keys"
    if kind == "bool_type" or kind == "bool_parsing":
        return "must be true or false"
    if kind == "too_short":
        return "is empty; at least one is needed"
    if kind == "string_pattern_mismatch":
        return "may have letters a-z, digits, '-', '_' and '.', at most 64, and begins with a letter or digit"
    return str(error["msg"]).removeprefix("Value error, ")


def _keys(model: type[BaseModel], loc: Place) -> list[str]:
    """Return the keys known at a place."""
    for step in loc:
        if isinstance(step, str):
            found = _model_in(model.model_fields[step].annotation)
            if found is None:
                return []
            model = found
    return [name for name in model.model_fields if (model.__name__, name) != ("Survey", "id")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    for argument in typing.get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
