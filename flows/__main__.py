"""``python -m flows`` is ``suasion``."""

from flows.cli import main

# A worker process of a cluster imports this module anew.
if __name__ == "__main__":
    main()
