"""A YAML file read as plain data whose every part knows its line.

The reader goes by parser events: nothing is ever constructed from a tag, an alias never multiplies, and the depth is bounded
before anything recurses. Text stays text: only ``true`` and ``false`` are logical values and only ``null``, ``~`` and nothing
are empty, so that the cue ``no``, the version ``1.0`` and the code ``0`` are what they look like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from taxonomy.errors import CodebookError

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LITERALS = {"true": True, "false": False, "null": None, "~": None, "": None}

Plain = str | bool | None | list["Plain"] | dict[str, "Plain"]
Fault = tuple[int, str]


@dataclass(slots=True)
class _Place:
    """A line, and the places within what stands there (a line alone where that is a scalar)."""

    line: int
    inside: dict[str | int, _Place | int] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A list or mapping that the parser has not closed yet."""

    value: list[Plain] | dict[str, Plain]
    place: _Place
    key: str | None = None
    key_line: int = 0
    repeated: bool = False  # the value that follows belongs to a repeated key and is dropped


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it."""

    data: Plain
    _root: _Place | int
    faults: tuple[Fault, ...]

    def line(self, path: Iterable[str | int]) -> int:
        """Return the line of the part that ``path`` leads to, or of the nearest part around it."""
        place = self._root
        for step in path:
            if isinstance(place, int) or step not in place.inside:
                break
            place = place.inside[step]
        return _line(place)


def read_document(path: Path) -> Document:
    """Read a YAML file; raise CodebookError where it cannot be read at all."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CodebookError(str(path), [f"line 1: the file has {size:,} bytes, more than the {MAX_BYTES:,} that are read"])
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CodebookError(str(path), [f"line 1: the file cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raw: bytes = error.object
        line = raw.count(b"\n", 0, error.start) + 1
        raise CodebookError(str(path), [f"line {line}: this is not UTF-8; save the file as UTF-8"]) from error
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise CodebookError(str(path), [f"line {line}: this is not YAML ({error.problem or error.context})"]) from error
    except yaml.YAMLError as error:
        raise CodebookError(str(path), [f"line 1: this is not YAML ({error})"]) from error
    except _RefusedError as error:
        raise CodebookError(str(path), [f"line {error.line}: {error}"]) from error


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _build(text: str) -> Document:
    root = _Open([], _Place(1))
    stack = [root]
    faults: list[Fault] = []
    documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.ScalarEvent):
            _refuse(event, line, len(stack))
            _scalar(stack[-1], event, line, faults)
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse(event, line, len(stack))
            opened = _Open([] if isinstance(event, yaml.SequenceStartEvent) else {}, _Place(line))
            opened.place.line = _put(stack[-1], opened.value, line, opened.place)
            stack.append(opened)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            raise _RefusedError(line, "YAML aliases (*name) are not read; write the value out")
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _RefusedError(line, "a second YAML document begins here; a codebook is one")
    assert isinstance(root.value, list)
    if not root.value:
        return Document(None, 1, tuple(faults))
    return Document(root.value[0], root.place.inside[0], tuple(faults))


def _refuse(event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int, depth: int) -> None:
    if event.anchor is not None:
        raise _RefusedError(line, "YAML anchors (&name) are not read; write the value out")
    if event.tag is not None and event.tag != "!":
        raise _RefusedError(line, "YAML tags (!name) are not read; write plain text")
    if depth > MAX_DEPTH:
        raise _RefusedError(line, f"more than {MAX_DEPTH} levels within one another")


def _scalar(parent: _Open, event: yaml.ScalarEvent, line: int, faults: list[Fault]) -> None:
    text: str = event.value
    if isinstance(parent.value, dict) and parent.key is None:
        parent.key, parent.key_line = text, line
        parent.repeated = text in parent.value
        if parent.repeated:
            first = _line(parent.place.inside[text])
            faults.append((line, f"the key {text!r} stands here a second time (first in line {first})"))
        return
    _put(parent, _LITERALS[text] if event.implicit[0] and text in _LITERALS else text, line)


def _put(parent: _Open, value: Plain, line: int, place: _Place | None = None) -> int:
    """Add a value, and its place unless it is a scalar, to the list or mapping around it; return the line it goes by."""
    if isinstance(parent.value, list):
        parent.place.inside[len(parent.value)] = place or line
        parent.value.append(value)
        return line
    if parent.key is None:
        raise _RefusedError(line, "a key must be plain text, not a list or mapping")
    key, parent.key = parent.key, None
    if not parent.repeated:
        parent.place.inside[key] = place or parent.key_line
        parent.value[key] = value
    return parent.key_line


def _line(place: _Place | int) -> int:
    return place if isinstance(place, int) else place.line
