"""A whole run on fake models in a process of its own, for tests of what starts it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

#: Read by Python when it starts, where its folder is on the path. Of all that ``suasion serve`` starts a run alone needs models.
SITE = """
import sys
program = sys.orig_argv[2:3]
if program == ["prefect.engine"]:
    from tests.flows.fake_run import use_fakes
    use_fakes()
elif program == ["flows.schedule_keeper"]:
    from tests.flows.fake_run import be_quick
    be_quick()
"""


def write_site(folder: Path) -> Path:
    """Write what makes runs take fake models into a new folder, which is to be on their path."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITE, "utf-8")
    return folder


def be_quick() -> None:
    """Let this process take schedules that come round within seconds."""
    patch("flows.schedule_book._LEAST", timedelta(seconds=1)).start()


def use_fakes() -> None:
    """Let this process run on fake models until it ends, and see no survey but those of its data folder."""
    from tests.flows.fake_topics import FakeTopics, no_seeds
    from tests.flows.workbench import VERSIONS, FakeCoder, FakeEncoder, fake_mask, fake_passages

    topics = FakeTopics()
    for name, fake in (
        ("flows.raw_folders.CHECKOUT_RAW", Path("/nowhere")),
        ("flows.running.current_versions", lambda codebook: VERSIONS),
        ("flows.workshop.current_versions", lambda codebook: VERSIONS),
        ("models.encoders.load_encoder", FakeEncoder),
        ("models.coder.load_coder", lambda codebook, used: FakeCoder()),
        ("models.masking.mask", fake_mask),
        ("models.segmentation.passages", fake_passages),
        ("models.topics.fit", topics.fit),
        ("models.topics.place", topics.place),
        ("models.code_seeds.code_seeds", no_seeds),
    ):
        patch(name, fake).start()
