"""What a command prints steers no terminal, and what it writes is nothing that it reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from flows.page import printable, require_place, table
from taxonomy.errors import RawFileError


@pytest.mark.parametrize(
    ("text", "shown"), [("a\x1b[31mb", "a [31mb"), (" a\n\tb ", "a b"), ("는 é", "는 é"), ("a\u202eb", "a b"), ("[bold]a", "[bold]a")]
)
def test_a_text_is_shown_on_one_line_without_steering_marks(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_table_takes_nothing_for_markup() -> None:
    console = Console(width=80, markup=True)
    with console.capture() as captured:
        console.print(table(("what", "number"), [("[red]x[/red]", "1,000"), ("y", "7 %")]))
    assert [line.rstrip() for line in captured.get().splitlines()[1:]] == ["[red]x[/red]   1,000", "y                7 %"]


def test_a_place_is_another_file_in_a_folder_that_is_there(tmp_path: Path) -> None:
    source = tmp_path / "a.yaml"
    source.touch()
    require_place(tmp_path / "b.csv", source, Path("shipped"))
    with pytest.raises(RawFileError, match="is the codebook itself"):
        require_place(tmp_path / "." / "a.yaml", source)
    with pytest.raises(RawFileError, match="there is no folder"):
        require_place(tmp_path / "none" / "b.csv", source)
