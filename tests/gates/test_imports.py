"""The data's way is the order of the folders, and what each package offers is decided, not grown."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("taxonomy", "models", "store", "flows", "explorer")

MAY_IMPORT = {
    "taxonomy": set(),
    "models": {"taxonomy"},
    "store": {"taxonomy", "models"},
    "flows": {"taxonomy", "models", "store"},
    "explorer": {"taxonomy", "store"},
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@cache
def imported(path: Path) -> set[str]:
    """Every absolute module name that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_only_upwards(package: str) -> None:
    assert modules(package), f"{package} has modules"
    for path in modules(package):
        for name in imported(path):
            top = name.split(".")[0]
            if top not in PACKAGES or top == package:
                continue
            if package == "explorer" and (name == "models" or name.startswith("models.encoders")):
                continue
            assert top in MAY_IMPORT[package], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("package", ["models", "store", "taxonomy"])
def test_prefect_and_streamlit_stay_at_the_edge(package: str) -> None:
    for path in modules(package):
        assert not {name.split(".")[0] for name in imported(path)} & {"prefect", "streamlit", "typer"}, path


@pytest.mark.parametrize("package", ["taxonomy", "models", "store"])
def test_few_public_names_and_all_of_them_exist(package: str) -> None:
    module = __import__(package)
    assert len(module.__all__) <= 14
    assert all(hasattr(module, name) for name in module.__all__)


TOPICS = ("umap", "hdbscan", "bertopic", "numba")
HEAVY = (
    *("torch", "spacy", "sentence_transformers", "prefect", "streamlit", "pandas", "sklearn", "duckdb", "presidio_analyzer", "kiwipiepy"),
    *TOPICS,
)


def loaded(modules: str, heavy: tuple[str, ...]) -> str:
    """Which of the heavy modules are there after an import of the named ones."""
    code = f"import sys, {modules}; print([name for name in {heavy!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def test_the_command_line_imports_nothing_heavy() -> None:
    assert loaded("flows.cli", HEAVY) == "[]"


def test_what_finds_topics_is_loaded_by_the_first_fit_alone() -> None:
    """A run with nothing new, the coding of a table and the explorer do without; so does placing new passages."""
    modules = "flows.running, flows.status, flows.coding, flows.evaluation, flows.topic_finding, models.topics, models.coder, store"
    assert loaded(modules, TOPICS) == "[]"


def test_the_versions_in_force_are_told_without_a_model() -> None:
    """Every run asks for them first, also one that then finds nothing new."""
    code = "flows.workshop, taxonomy; flows.workshop.current_versions(taxonomy.load_codebook()).recorded()"
    assert loaded(code, ("torch", "transformers", "sentence_transformers", "spacy", "kiwipiepy", "presidio_analyzer", "simplemma")) == "[]"
