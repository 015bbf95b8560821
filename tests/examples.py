"""How many examples a property is tried with: all in `make test`, a part in `make check`, which has a minute."""

import os

PART = float(os.environ.get("EXAMPLES_PART", "1"))


def examples(number: int) -> int:
    """So many of `number`. Examples are always the same ones: a part of them is their beginning."""
    return max(1, round(number * PART))
