"""Runs a program with all that it starts, and ends all of it when whoever holds the other end of standard input closes it or dies.

``suasion serve`` starts each of its parts on such a leash, so that nothing is left behind even where it is killed itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

#: Seconds that a run has to close its record before it is ended by force.
GRACE = 20.0


def end_group(leader: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ask a program's whole group to end, and end by force what is still there after ``grace`` seconds."""
    until = time.monotonic() + grace
    with suppress(ProcessLookupError):  # there is nobody left in it
        os.killpg(leader.pid, signal.SIGTERM)
        while time.monotonic() < until:
            leader.poll()
            os.killpg(leader.pid, 0)
            time.sleep(0.1)
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def main() -> int:
    """Run the program named by the arguments; return its exit status, as a shell tells it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # It ends when standard input does, and not before all of the group has. A handler, unlike SIG_IGN, is not handed on.
        signal.signal(number, lambda number, frame: None)
    # What was handed to it on purpose, an open socket say, is meant for the program.
    program = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True, close_fds=False)

    def wait_for_the_end() -> None:
        while os.read(sys.stdin.fileno(), 1):  # nothing is ever written
            pass
        end_group(program)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    status = program.wait()
    end_group(program)  # what it started and left behind
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main())
