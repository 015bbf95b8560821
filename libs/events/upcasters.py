"""Old versions of events are lifted to the newest one as they are read; what stands in the log is never touched.

An upcaster is a function from the old value's JSON object to the new one's, named in `UPCASTERS` by the old type.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[str, tuple[str, Upcaster]] = {}
"""old type name -> (newer type name, how). Empty while every type is at its first version."""


def newest(type_name: str, upcasters: Mapping[str, tuple[str, Upcaster]]) -> str:
    """What a type is called today."""
    while type_name in upcasters:
        type_name, _ = upcasters[type_name]
    return type_name


def lift(
    type_name: str, value: bytes, upcasters: Mapping[str, tuple[str, Upcaster]] = UPCASTERS
) -> tuple[str, bytes] | None:
    """Follow the upcasters of a type until there is none. None where the value is not what the old type says."""
    if type_name not in upcasters:
        return type_name, value
    try:
        content = json.loads(value)
        while type_name in upcasters:
            type_name, how = upcasters[type_name]
            content = how(content)
        return type_name, json.dumps(content, ensure_ascii=False).encode()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        # Bytes that another version of ourselves, or anybody with a writer's credentials, may have written.
        return None
