"""Request bodies: strict JSON, read once, straight from bytes into a frozen value.

Lives here: the base of all bodies and what makes bytes unfit. Must not: any field of any command.
"""

import json
from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

_UNFIT = PydanticCustomError("text_unfit", "remove the NUL or the lone surrogate")


class Body(BaseModel):
    """A command's body. Unknown members, wrong types, NUL and lone surrogates are refused, each with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Where the class is used (by FastAPI, as a route's parameter), bytes are read as JSON by the class itself.

        The class's own schema stays as it is: a function in it would turn JSON into Python values first, and a strict
        reading of those knows no times and no tuples.
        """
        if not cls.__pydantic_complete__:
            return handler(source)
        schema = dict(handler(source))
        ref = schema.pop("ref", None)

        def read(value: object) -> BaseModel:
            if not isinstance(value, bytes):
                return source.model_validate(value)
            if b"\\u" in value:
                refuse_unfit_text(source.__name__, value)
            return source.model_validate_json(value)

        of_python = core_schema.no_info_plain_validator_function(read)
        return core_schema.json_or_python_schema(cast("CoreSchema", schema), of_python, ref=ref)


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
