"""Old versions of events are lifted to the newest one as they are read; what stands in the log is never touched.

An upcaster is a function from the old value's JSON object to the new one's, named in `UPCASTERS` by the old type.
"""

import json
from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[str, tuple[str, Upcaster]] = {}
"""old type name -> (newer type name, how). Empty while every type is at its first version."""


def lift(type_name: str, value: bytes, upcasters: dict[str, tuple[str, Upcaster]] = UPCASTERS) -> tuple[str, bytes]:
    """Follow the upcasters of a type until there is none; bytes that are no JSON object are left as they are."""
    while type_name in upcasters:
        newer, how = upcasters[type_name]
        try:
            content = json.loads(value)
        except ValueError:
            return newer, value
        if not isinstance(content, dict):
            return newer, value
        type_name, value = (
            newer,
            json.dumps(how(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(),
        )
    return type_name, value
