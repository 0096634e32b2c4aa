"""The interval behind a share: Wilson's score interval (Wilson 1927), which holds for few answers and for shares near 0 and 1."""

from __future__ import annotations

from math import sqrt

#: Two-sided 95 %.
_Z = 1.959963984540054
_SQUARE = _Z * _Z


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the limits of the 95 % interval of ``successes`` in ``trials``; without any trial nothing is known: (0, 1)."""
    if not trials:
        return 0.0, 1.0
    middle = (successes + _SQUARE / 2) / (trials + _SQUARE)
    half = _Z * sqrt(successes * (trials - successes) / trials + _SQUARE / 4) / (trials + _SQUARE)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def wilson_sql(successes: str, trials: str) -> tuple[str, str]:
    """Return ``wilson`` as two expressions of SQL over the expressions of ``successes`` and ``trials``."""
    middle = f"(({successes}) + {_SQUARE / 2!r}) / (({trials}) + {_SQUARE!r})"
    spread = f"({successes}) * (({trials}) - ({successes}))::DOUBLE / ({trials}) + {_SQUARE / 4!r}"
    half = f"{_Z!r} * sqrt({spread}) / (({trials}) + {_SQUARE!r})"
    low, high = f"greatest({middle} - {half}, 0)", f"least({middle} + {half}, 1)"
    return f"CASE WHEN ({trials}) = 0 THEN 0 ELSE {low} END::DOUBLE", f"CASE WHEN ({trials}) = 0 THEN 1 ELSE {high} END::DOUBLE"
