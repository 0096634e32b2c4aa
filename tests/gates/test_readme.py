"""What the README says can be typed can be typed, and what it shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.description import load_survey

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
HELP = CliRunner().invoke(app, ["--help"]).output


def test_the_readmes_survey_is_valid(tmp_path: Path) -> None:
    (description,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    folder = tmp_path / "our-survey"
    folder.mkdir()
    (folder / "survey.toml").write_text(re.sub(r"^   ", "", description, flags=re.MULTILINE), "utf-8")
    (folder / "export.csv").write_text("ResponseId,Country,Q1\nR_1,Kenya,Banks lobbied.\n", "utf-8")
    survey = load_survey(folder)
    assert survey.protection == "protected"
    assert survey.has_respondents


@pytest.mark.parametrize("command", sorted(set(re.findall(r"suasion ([a-z]+)", README))))
def test_every_command_of_the_readme_exists(command: str) -> None:
    assert re.search(rf"^  {command} ", HELP, re.MULTILINE), command


def test_every_command_is_in_the_readme() -> None:
    commands = re.findall(r"^  ([a-z]+) ", HELP.split("Commands:")[1], re.MULTILINE)
    assert commands
    assert {command for command in commands if f"`suasion {command}" not in README} == set()


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(--[a-z][a-z-]+)", README)) - {"--index-url"}))
def test_every_option_of_the_readme_exists(option: str) -> None:
    helps = [
        CliRunner().invoke(app, [command, "--help"]).output
        for command in ("run", "explore", "rejects", "publish", "erase", "code", "train")
    ]
    assert any(option in text for text in helps)


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^    make ([a-z]+)", README, re.MULTILINE)) <= targets


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
