"""A frozen value with other fields: what every fold of a fact into a state ends with.

Must not: know a value.
"""

from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["changed"]

T = TypeVar("T")

if TYPE_CHECKING:
    # It is `dataclasses.replace`, and its fields are checked as such.
    from dataclasses import replace as changed
else:

    def changed(value: T, /, **fields: Any) -> T:  # noqa: ANN401 - as the dataclass says
        """As `dataclasses.replace`, for a dataclass without slots and without `__post_init__`: three to eight times as
        fast, for it copies the fields that stay without looking at each. From 30 fields on Python gives each copy names
        of its own, which takes five times the memory and twice the time.
        """
        other = object.__new__(type(value))
        other.__dict__.update(value.__dict__)
        other.__dict__.update(fields)
        return other
