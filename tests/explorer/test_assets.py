from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from models.masking import KINDS

FOLDER = Path(__file__).parents[2] / "explorer"
SCRIPTS = sorted((FOLDER / "assets").glob("*.js"))
STYLES = sorted((FOLDER / "assets").glob("*.css"))

MARKUP = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "createContextualFragment",
    "document.write",
    "DOMParser",
    "srcdoc",
    "eval(",
    "Function(",
)


def test_every_kind_of_mask_is_shown_as_one() -> None:
    masks = re.search(r"const masks = \{(.*?)\};", (FOLDER / "assets/common.js").read_text("utf-8"), re.DOTALL)
    assert masks is not None
    assert set(re.findall(r"(\w+): \"", masks[1])) == {*KINDS, "withheld"}


def test_there_are_scripts_and_styles() -> None:
    assert {path.stem for path in SCRIPTS} == {path.stem for path in STYLES} >= {"common", "panel", "banner", "quotes", "topics"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_from_text(script: Path) -> None:
    assert [word for word in MARKUP if word in script.read_text("utf-8")] == []


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, *FOLDER.rglob("*.py"), *FOLDER.glob(".streamlit/*")], ids=lambda path: path.name)
def test_nothing_is_fetched(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"https?://|@import|\bfetch\(|XMLHttpRequest|sendBeacon|url\((?!data:)", text)


def test_the_tab_icon_is_a_file_because_named_icons_come_from_the_network() -> None:
    assert "page_icon=_ASSETS" in (FOLDER / "app.py").read_text("utf-8")


def test_no_folder_is_called_pages() -> None:
    """Streamlit would serve its files by themselves, without the entry around them."""
    assert not (FOLDER / "pages").exists()


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_theme_can_be_read(ground: str) -> None:
    theme = tomllib.loads((FOLDER / ".streamlit/config.toml").read_text("utf-8"))["theme"][ground]
    papers = (theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"])
    for ink in (theme["textColor"], theme["primaryColor"]):
        assert min(contrast(ink, paper) for paper in papers) >= 4.5


def test_the_colours_of_the_marks_can_be_read() -> None:
    pairs = re.findall(r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", (FOLDER / "assets/common.css").read_text("utf-8"))
    colours = {name: both for name, *both in pairs if name not in ("paper", "track")}
    assert {"who", "how", "what", "whom", "answers", "muted"} <= set(colours)
    for place, ground in enumerate(("#f4f1eb", "#26241f")):
        assert {name: ratio for name, both in colours.items() if (ratio := contrast(both[place], ground)) < 4.5} == {}
