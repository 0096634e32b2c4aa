"""Run as a program: ``suasion run`` with a server of Prefect's and fake models, in the middle of which something dies.

``python -m tests.flows.doomed DATA worker`` kills the process itself, in which Prefect's tasks run, while codes are stored; ``server``
kills Prefect's server at that moment.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flows import prefect_server
from store import Paths, Writer
from tests.flows.fake_topics import FakeTopics, no_seeds
from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, fake_mask, fake_passages

SURVEYS = ("a-survey", "b-survey")


class Servers:
    """Remembers the server that the run started, and kills it."""

    def __init__(self) -> None:
        self._started: list[prefect_server.Server] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        real = prefect_server.Server.__init__

        def starting(server: prefect_server.Server) -> None:
            real(server)
            self._started.append(server)

        with patch.object(prefect_server.Server, "__init__", starting):
            yield

    def kill(self) -> None:
        (server,) = self._started
        server._process.kill()
        print("Prefect's server was killed.", flush=True)


def once(before: Callable[[], None], real: Callable[..., Any]) -> Callable[..., Any]:
    """Let something happen before the first call."""
    due = [before]

    def called(*args: Any, **kwargs: Any) -> Any:
        if due:
            due.pop()()
        return real(*args, **kwargs)

    return called


def main(root: Path, what: str) -> int:
    servers, topics = Servers(), FakeTopics()
    deaths: dict[str, Callable[[], None]] = {
        "worker": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "server": servers.kill,
    }
    fakes: dict[str, Any] = {
        "flows.workshop.current_versions": lambda codebook: VERSIONS,
        "models.encoders.load_encoder": FakeEncoder,
        "models.coder.load_coder": lambda *_: FakeCoder(),
        "models.masking.mask": fake_mask,
        "models.segmentation.passages": fake_passages,
        "models.topics.fit": topics.fit,
        "models.topics.place": topics.place,
        "models.code_seeds.code_seeds": no_seeds,
    }
    with ExitStack() as stack:
        for name, fake in fakes.items():
            stack.enter_context(patch(name, fake))
        stack.enter_context(servers.noted())
        stack.enter_context(patch.object(Writer, "put_codes", once(deaths[what], Writer.put_codes)))
        os.environ["SUASION_DATA"] = str(Paths(root).root)
        from flows import cli

        sys.argv = ["suasion", "run", *SURVEYS]
        try:
            cli.main()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
