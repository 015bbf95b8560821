"""Any fact of the vocabulary, any history: what property tests throw at a decider.

Built from the models themselves, so that a new event type is covered without a change here. Small sets of names and
times, so that facts meet one another.
"""

import types
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ValidationError

from events.codec import TYPES
from events.fact import Fact, Sealed
from events.intake import FileNumber, Hours, Zone

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NAMES = ("weibo", "phone", "reception", "handler-1", "handler-2", "resolution", "first-reply", "m1", "m2", "import/b1")
SEALED = "sealed:1:00000000-0000-5000-8000-000000000001:00000000-0000-5000-8000-000000000002:text:AAAA"

moments = st.one_of(
    st.integers(0, 600).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.integers(0, 60).map(lambda days: NOON + timedelta(days=days)),
)
_SCALARS: dict[object, st.SearchStrategy[Any]] = {
    str: st.sampled_from(NAMES),
    int: st.sampled_from((0, 1, 2, 5, 12, 60, 100)),
    bool: st.booleans(),
    AwareDatetime: moments,
    type(None): st.none(),
}

M = TypeVar("M", bound=BaseModel)


def _values(annotation: object) -> st.SearchStrategy[Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation == Sealed:
        return st.just(SEALED)
    if annotation == Hours:
        return st.sampled_from(("20:00-09:00", "12:00-14:00", "08:00-21:00"))
    if annotation == Zone:
        return st.sampled_from(("Europe/London", "America/Los_Angeles"))
    if annotation == FileNumber:
        return st.just("DSR-2026-117")
    if origin is Annotated:
        return _values(args[0])
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, types.UnionType):
        return st.one_of([_values(arg) for arg in args])
    if origin is tuple:
        return st.lists(_values(args[0]), max_size=2).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any_of(annotation)
    return _SCALARS[annotation]


@cache
def _fields(model: type[BaseModel]) -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(model, include_extras=True)
    return {name: _values(hints[name]) for name in model.model_fields}


def any_of(model: type[M], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[M]:
    """Any value of a model of the vocabulary; `fixed` replaces the strategy of single fields."""

    def sound(**values: Any) -> M:  # noqa: ANN401 - whatever the fields take
        try:
            return model(**values)
        except ValidationError:
            reject()

    return st.builds(sound, **{**_fields(model), **fixed})


@cache
def _one_of(kinds: frozenset[type[Fact]]) -> st.SearchStrategy[Fact]:
    return st.one_of([any_of(kind) for kind in sorted(kinds, key=lambda kind: kind.type)])


def facts(kinds: Collection[type[Fact]] = tuple(TYPES.values())) -> st.SearchStrategy[Fact]:
    """Any fact of these types."""
    return _one_of(frozenset(kinds))


def histories(kinds: Collection[type[Fact]] = tuple(TYPES.values())) -> st.SearchStrategy[list[Fact]]:
    """Any facts of these types in any order, legal or not."""
    return st.lists(facts(kinds), max_size=14)
