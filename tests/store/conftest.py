"""One store of made-up surveys is built once; whoever changes something gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Paths, Reader, Writer
from tests.synthetic import FEW, REPORTS, VERSIONS, build_store, process


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The made-up store, for reading only."""
    return build_store(tmp_path_factory.mktemp("built") / "data")


@pytest.fixture
def paths(built: Paths, tmp_path: Path) -> Paths:
    """A copy of the made-up store, to be changed at will."""
    return Paths(Path(shutil.copytree(built.root, tmp_path / "copy")))


@pytest.fixture
def fresh(tmp_path: Path) -> Paths:
    """A data folder in which nothing is yet."""
    return Paths(tmp_path / "fresh")


@pytest.fixture
def writer(fresh: Paths) -> Iterator[Writer]:
    """A writer of an empty store."""
    with Writer(fresh, "tests") as writer:
        yield writer


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which four answers went through all stages, to be copied."""
    paths = Paths(tmp_path_factory.mktemp("few") / "data")
    with Writer(paths, "tests") as writer:
        process(writer, REPORTS, FEW, writer.begin_run(["reports"], VERSIONS))
    return paths.root


@pytest.fixture
def done(few: Path, tmp_path: Path) -> Iterator[Writer]:
    """A writer of four answers that went through all stages."""
    with Writer(Paths(Path(shutil.copytree(few, tmp_path / "done"))), "tests") as writer:
        yield writer


@pytest.fixture(scope="session")
def shared_reader(built: Paths) -> Iterator[Reader]:
    """A reader of the made-up store's internal view."""
    reader = Reader.open(built)
    yield reader
    reader.close()
