"""The cluster that a run's partitions are worked on: worker processes of this machine, or a Dask cluster of one's own.

Whoever reaches a Dask scheduler can run programs on all of its machines. A cluster that is started here listens on 127.0.0.1 alone, and
to those alone who have the certificate that is made for it, because other people of this machine reach that address too. One on other
machines is spoken to over TLS only. Dask is imported when a run asks for it.
"""

from __future__ import annotations

import ipaddress
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from flows.dask_versions import differences, versions_here
from flows.partition_work import sees
from models.encoders import THREADS
from taxonomy.errors import StageError

_LOOPBACK = "127.0.0.1"
_ANSWER_SECONDS = 8.0
_LACKING = (
    "Working on partitions needs Dask, which is not installed here: python -m pip install -e '.[cluster]' "
    "(or leave --runner dask out: the codes are the same)"
)


@dataclass(frozen=True)
class Spread:
    """How a run is spread.

    Attributes:
        address: of a Dask scheduler; worker processes are started on this machine if none is named.
        workers: how many are started; as many as the machine's cores allow if none is said.
        scratch: an existing folder that all workers see; the data folder, if none is named.
    """

    address: str | None = None
    workers: int | None = None
    scratch: Path | None = None


def require_dask() -> None:
    """Refuse at once where Dask is not installed.

    Raises:
        StageError: says how to install it.
    """
    # Looked for and not imported: Prefect's settings are not made yet.
    if not all(map(find_spec, ("distributed", "prefect_dask"))):
        raise StageError(_LACKING)


def task_runner(address: str) -> Any:
    """Return the runner by which Prefect opens a cluster for a flow."""
    from prefect_dask.task_runners import DaskTaskRunner

    return DaskTaskRunner(address=address, client_kwargs={"timeout": _ANSWER_SECONDS})


@contextmanager
def cluster(spread: Spread, scratch: Path) -> Iterator[str]:
    """Yield the address of a scheduler whose workers have the same versions as this process and see the folder ``scratch``.

    Raises:
        StageError: Dask is not installed, nothing answers at the address within seconds, there is no worker, or one differs.
    """
    require_dask()
    with _scheduler(spread) as address, _client(address) as client:
        _require_workers(client, address)
        _require_alike(client)
        _require_sight(client, scratch)
        yield address


@contextmanager
def _scheduler(spread: Spread) -> Iterator[str]:
    if spread.address is not None:
        yield _spoken_safely(spread.address)
        return
    import dask
    import distributed

    workers = spread.workers or max(1, (os.cpu_count() or 1) // THREADS)
    # No pages: they would show what runs to whoever opens their port. Workers log nothing that the run does not say itself.
    quiet: dict[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
    with (
        dask.config.set(quiet | _own_certificate()),
        tempfile.TemporaryDirectory(prefix="suasion-workers-") as own,
        distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=_LOOPBACK,
            protocol="tls",
            dashboard_address=f"{_LOOPBACK}:0",
            local_directory=own,
            silence_logs="CRITICAL",
        ) as started,
    ):
        yield str(started.scheduler_address)


def _own_certificate() -> dict[str, Any]:
    """Return Dask's settings with a certificate that is made now and lies in memory alone: scheduler, workers and clients demand it."""
    import distributed

    made = distributed.Security.temporary()  # type: ignore[no-untyped-call]
    parts = {
        f"distributed.comm.tls.{role}.{part}": getattr(made, f"tls_{role}_{part}")
        for role in ("scheduler", "worker", "client")
        for part in ("cert", "key")
    }
    return {"distributed.comm.require-encryption": True, "distributed.comm.tls.ca-file": made.tls_ca_file, **parts}


def _spoken_safely(address: str) -> str:
    kind, _, place = address.partition("://")
    if kind not in ("tcp", "tls") or not place.rpartition(":")[2].isdigit():
        raise StageError(f"--address {address}: write it as tcp://127.0.0.1:8786 or tls://scheduler.example.org:8786")
    if kind == "tcp" and not _is_here(place.rpartition(":")[0]):
        raise StageError(
            f"--address {address}: a cluster on other machines is spoken to over TLS alone, because whoever reaches a scheduler can run "
            "programs on all of them. Set Dask's certificates up (docs/scale.md) and write tls://…"
        )
    return address


def _is_here(host: str) -> bool:
    # A name may begin as an address of this machine does and lead to another one: localhost.example.org.
    try:
        return host == "localhost" or ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


@contextmanager
def _client(address: str) -> Iterator[Any]:
    import distributed

    try:
        client = distributed.Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise StageError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}); nothing was done. Look whether it runs, and whether its "
            "certificates are those of Dask's configuration here"
        ) from None
    with client:
        yield client


def _require_workers(client: Any, address: str) -> None:
    if not client.nthreads():
        try:
            client.wait_for_workers(1, timeout=_ANSWER_SECONDS)
        except TimeoutError:
            raise StageError(
                f"The Dask scheduler at {address} has no workers. Start some (dask worker {address} --nthreads 1) and run again; "
                "nothing was done"
            ) from None


def _require_alike(client: Any) -> None:
    """Ask each worker for its versions, before anything else is sent."""
    here = versions_here()
    faults = []
    for worker, there in client.run(versions_here, on_error="return").items():
        if not isinstance(there, Mapping):
            faults.append(f"  {worker}: cannot say its versions ({type(there).__name__}): is the same Suasion installed there?")
        elif differing := differences(here, there):
            faults.append(f"  {worker}: {', '.join(differing)}")
    if faults:
        raise StageError("\n".join(["These workers would make other codes, so nothing was sent to any:", *faults]))


def _require_sight(client: Any, scratch: Path) -> None:
    token = f"{uuid4().hex}.seen"
    (scratch / token).touch(mode=0o600)
    blind = [worker for worker, seen in client.run(sees, scratch, token, on_error="return").items() if seen is not True]
    for left in (token, f"{token}.written"):
        (scratch / left).unlink(missing_ok=True)
    if blind:
        raise StageError(
            f"{scratch}: these workers do not see this folder or may not write in it: {', '.join(sorted(blind))}. "
            "Name one that all machines share with --scratch, and let the workers run as the same user"
        )
