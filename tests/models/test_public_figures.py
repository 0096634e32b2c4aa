from __future__ import annotations

from pathlib import Path

import pytest

from models.public_figures import shipped_figures
from taxonomy.errors import ModelError


def test_the_shipped_list_has_who_must_stay() -> None:
    shipped = shipped_figures()
    assert {"emmanuel macron", "antonio guterres", "cyril ramaphosa"} <= shipped.names
    assert "문재인" in shipped.alone
    assert not {"castro", "marcos", "morales", "santos"} & shipped.alone


def test_a_users_file_adds_and_changes_the_version(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('names = ["Zoé  Exemple"]\n', "utf-8")
    more = shipped_figures().with_file(path)
    assert more.names - shipped_figures().names == {"zoe exemple"}
    assert more.stamp != shipped_figures().stamp


@pytest.mark.parametrize("content", ["names = 3", 'names = [""]', "names = [1]", 'nobody = ["A"]', "names = [", "\xff"])
def test_a_file_that_is_no_list_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ModelError, match=r"ours\.toml"):
        shipped_figures().with_file(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        shipped_figures().with_file(tmp_path / "none.toml")
