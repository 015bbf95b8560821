"""Request bodies: strict JSON, read once, straight from bytes into a frozen value.

Lives here: the base of all bodies and what makes bytes unfit. Must not: any field of any command.
"""

import json
from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

_UNFIT = PydanticCustomError("text_unfit", "remove the NUL or the lone surrogate")


class Body(BaseModel):
    """A command's body. Unknown members, wrong types, NUL and lone surrogates are refused, each with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(value, bytes):
            return handler(value)
        if b"\\u" in value:
            refuse_unfit_text(cls.__name__, value)
        return cls.model_validate_json(value)


def refuse_unfit_text(title: str, raw: bytes) -> None:
    """Raise a ValidationError that points to every string with a NUL or a lone surrogate in it.

    Such characters can only come as escapes. What is no JSON at all is left to the validation that follows.
    """
    try:
        content = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return
    wrong = [
        InitErrorDetails(type=_UNFIT, loc=place, input=None)
        for place, text in _texts(content)
        if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)
    ]
    if wrong:
        raise ValidationError.from_exception_data(title, wrong, input_type="json", hide_input=True)


def _texts(content: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string with its place; a member's name counts as a string at the member."""
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), content)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            waiting += [((*place, i), inner) for i, inner in enumerate(value)]
        elif isinstance(value, dict):
            waiting += [((*place, name), inner) for name, inner in value.items()]
            for name in value:
                yield place, name
