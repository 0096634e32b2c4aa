"""What the guide to the codebook shows can be loaded, and what it says can be typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from taxonomy.codebook import SHIPPED, load_codebook

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "codebook.md").read_text("utf-8")


def test_the_guides_rule_fits_into_the_codebook(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    (rule,) = yaml.safe_load(example)
    old = SHIPPED.read_text("utf-8")
    start = old.index("  - id: r04\n")
    end = old.index("  - id: r05\n")
    path = tmp_path / "codebook.yaml"
    indented = "".join(f"  {line}\n" for line in example.splitlines())
    path.write_text(old[:start] + indented + old[end:], "utf-8")
    loaded = next(each for each in load_codebook(path).rules if each.id == rule["id"])
    assert [example.text for example in loaded.examples] == [example["text"] for example in rule["examples"]]


@pytest.mark.parametrize("command", ["check", "diff", "show"])
def test_the_guides_commands_and_options_exist(command: str) -> None:
    assert f"suasion codebook {command}" in GUIDE
    assert CliRunner().invoke(app, ["codebook", command, "--help"]).exit_code == 0


def test_every_option_of_the_guide_exists() -> None:
    helps = "".join(CliRunner().invoke(app, ["codebook", command, "--help"]).output for command in ("check", "diff", "show"))
    assert {option for option in re.findall(r"--[a-z][a-z-]+", GUIDE) if option not in helps} == set()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)|`((?:tests|taxonomy)/[^`]+)`", GUIDE))))
def test_every_file_of_the_guide_is_there(link: tuple[str, str]) -> None:
    relative, absolute = link
    assert (ROOT / "docs" / relative if relative else ROOT / absolute).exists()
