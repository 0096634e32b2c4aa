"""``python -m flows`` is ``suasion``."""

from flows.cli import main

main()
