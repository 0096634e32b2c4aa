"""The encoder of queries: the one that read the passages, loaded once per process when somebody first searches by meaning."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.encoders import Encoder, encoder_version, load_encoder, registered
from taxonomy.errors import SuasionError

State = Literal["off", "loading", "ready", "failed"]

#: What is said where meaning cannot be searched; words always can.
SAID: dict[State, str] = {
    "off": "Search by meaning is off: the passages of this snapshot were read with another encoder than this machine has. "
    "“suasion run” reads them anew. Words are searched.",
    "loading": "Search by meaning is getting ready, which takes some seconds. Until then you see what has some of your words.",
    "failed": "Search by meaning is off: the encoder could not be loaded. Words are searched.",
    "ready": "",
}

_REMEMBERED = 256


class QueryEncoder:
    """Makes vectors of queries as soon as it can. Any thread may ask; the first one starts the loading, and none waits for it."""

    def __init__(self, version: str, load: Callable[[str], Encoder] = load_encoder) -> None:
        """Stand for the encoder of a version, which ``load`` loads by its name."""
        self.version = version
        self._load = load
        self._name = _name_of(version)
        self._lock = threading.Lock()
        self._started = False
        self._failed = False
        self._encoder: Encoder | None = None
        self._vector = lru_cache(maxsize=_REMEMBERED)(self._encoded)

    @property
    def state(self) -> State:
        """Whether it can be asked; it is loading from the first look on."""
        if self._name is None:
            return "off"
        if self._encoder is not None:
            return "ready"
        return "failed" if self._failed else "loading"

    def start(self, beside: Callable[[], object] = lambda: None) -> State:
        """Start the loading if nobody has, and in the same thread what is to be ready with it; return the state."""
        with self._lock:
            if self._name is not None and not self._started:
                self._started = True
                threading.Thread(target=self._loading, args=(self._name, beside), name="query-encoder", daemon=True).start()
        return self.state

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """Return the unit vector (d,) of a text, or None as long as it is not ready."""
        return self._vector(text) if self._encoder is not None else None

    def _loading(self, name: str, beside: Callable[[], object]) -> None:
        try:
            beside()
            encoder = self._load(name)
            encoder.encode(["ready"])
        except (SuasionError, OSError, ValueError, ImportError, RuntimeError):
            # Its message may name files of the machine; whoever runs the explorer finds it with `suasion status`.
            self._failed = True
            return
        self._encoder = encoder

    def _encoded(self, text: str) -> NDArray[np.float32]:
        assert self._encoder is not None
        with self._lock:
            vector: NDArray[np.float32] = self._encoder.encode([text])[0]
        return vector


@lru_cache(maxsize=4)
def query_encoder(version: str) -> QueryEncoder:
    """Return the encoder for a snapshot whose vectors were made by ``version``; one for all sessions."""
    return QueryEncoder(version)


def _name_of(version: str) -> str | None:
    """Return the name of the shipped encoder of a version, if there is one."""
    for name in registered() if version else ():
        try:
            if encoder_version(name) == version:
                return name
        except SuasionError:
            continue  # registered, but not installed here
    return None
