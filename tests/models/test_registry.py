from __future__ import annotations

from pathlib import Path

import pytest

from models.registry import registered
from taxonomy.errors import RegistryError

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return tmp_path / "encoders.toml"


def test_the_shipped_encoders_come_from_packages() -> None:
    entries = registered()
    assert list(entries) == ["multilingual", "english"]
    assert all(entry.package and not entry.download for entry in entries.values())


def test_own_encoders_are_added_and_folders_are_relative_to_their_file(registry: Path) -> None:
    registry.write_text(
        f'[encoder.ours]\nfolder = "models/e5"\n[encoder.hub]\nhub = "intfloat/e5"\nrevision = "{REVISION}"\nprompt = "query: "\n'
    )
    entries = registered(registry)
    assert list(entries) == ["multilingual", "english", "ours", "hub"]
    assert entries["ours"].folder == str((registry.parent / "models/e5").resolve())
    assert entries["hub"].prompt == "query: "
    assert not entries["hub"].download


def test_all_faults_are_reported_at_once_by_place(registry: Path) -> None:
    registry.write_text(
        '[encoder.a]\nhub = "x/y"\n'
        '[encoder.b]\nhub = "x/y"\nrevision = "main"\n'
        '[encoder.c]\nfolder = "x"\npackage = "y"\n'
        '[encoder.d]\nfolder = "x"\ntrust_remote_code = true\n'
        '[encoder.e]\nfolder = "x"\ndownload = true\n'
        '[encoder.f]\npackage = "requests"\n'
        "[other]\nx = 1\n"
    )
    with pytest.raises(RegistryError) as caught:
        registered(registry)
    faults = {fault.split(":")[0]: fault for fault in caught.value.faults}
    assert set(faults) == {"encoder.a", "encoder.b.revision", "encoder.c", "encoder.d.trust_remote_code", "encoder.e", "encoder.f", "other"}
    assert "40 hexadecimal digits" in faults["encoder.a"]
    assert "found: package, folder" in faults["encoder.c"]
    assert "requests is not a model package" in faults["encoder.f"]


def test_a_shipped_name_keeps_its_meaning(registry: Path) -> None:
    registry.write_text('[encoder.english]\nfolder = "x"\n')
    with pytest.raises(RegistryError, match="the name is taken"):
        registered(registry)


@pytest.mark.parametrize(
    ("content", "message"), [(b"[encoder", "not a TOML file"), (b"\xff\xfe", "not a TOML file"), (None, "cannot be read")]
)
def test_an_unreadable_registry_is_a_fault(registry: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        registry.write_bytes(content)
    with pytest.raises(RegistryError, match=message):
        registered(registry)
