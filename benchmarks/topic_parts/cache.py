"""Vectors that were made once: by encoder and texts, so that neither another encoder nor another text can be taken for them."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.code_seeds import CodeSeeds, code_seeds
from models.encoders import encoder_version, load_encoder
from store.paths import FILE_MODE, FOLDER_MODE
from taxonomy import load_codebook

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Cache:
    """A folder of arrays. What stands in it can be made again."""

    folder: Path

    def encoder(self) -> str:
        """Return the version of the encoder, without loading it."""
        return encoder_version()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row per text."""
        return self._kept("\x00".join(texts), lambda: load_encoder().encode(texts))

    def seeds(self) -> CodeSeeds:
        """Return where the codes of the codebook lie."""
        codebook = load_codebook()
        about = f"where the codes of {codebook.stamp} lie"
        path = self.folder / f"{self._key(about)}.json"
        if not path.exists():
            made = code_seeds(codebook, load_encoder())
            self._kept(about, lambda: made.vectors)
            path.write_text(json.dumps(made.codes), "utf-8")
            path.chmod(FILE_MODE)
        return CodeSeeds(tuple(json.loads(path.read_bytes())), np.load(path.with_suffix(".npy")))

    def _kept(self, content: str, make: Callable[[], Vectors]) -> Vectors:
        path = self.folder / f"{self._key(content)}.npy"
        if not path.exists():
            print("  making vectors …", file=sys.stderr, flush=True)
            made = make()
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            half = path.with_suffix(".half.npy")
            np.save(half, made)
            half.chmod(FILE_MODE)
            half.replace(path)
        return np.asarray(np.load(path), np.float32)

    def _key(self, content: str) -> str:
        return hashlib.blake2b(f"{self.encoder()}\x00{content}".encode("utf-8", "replace"), digest_size=12).hexdigest()
