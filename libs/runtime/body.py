"""Request bodies: strict JSON, read once, straight from bytes into a frozen value.

Lives here: the base of all bodies, the word that people write in one, and what makes bytes unfit.
Must not: any field of any command.
"""

import ast
import inspect
import json
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from textwrap import dedent
from typing import Annotated, cast
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from events import fact

WRONG_MAX = 20
"""So many places are named at once."""
_UNFIT = PydanticCustomError("text_unfit", "remove the NUL or the lone surrogate")
_BLANK = PydanticCustomError("text_blank", "write something that can be seen, or leave it out")
_BEYOND = PydanticCustomError("number_unfit", "no number here has so many digits")
DIGITS_MAX = 4_300
"""More than these in one number no reader of JSON takes."""
_TWICE = PydanticCustomError("member_repeated", "comes more than once: send it once")
_HIDDEN = PydanticCustomError("word_unfit", "remove line breaks, control characters and marks of direction")
_NO_WORD = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, surrogates, and ends of lines and paragraphs."""
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make a reader see another order than was written."""
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def fit_word(text: str) -> str:
    """The text, if it keeps to one line and to its order; else PydanticCustomError `word_unfit`.

    Any space, what joins letters or emoji, and characters newer than this Python's Unicode are taken.
    """
    if any(char in _DIRECTION or category(char) in _NO_WORD for char in text):
        raise _HIDDEN
    return text


_UNSEEN_RANGES = (
    r"\u0000-\u0020\u007f-\u00a0\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u1680\u180e"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb"
)
"""`_UNSEEN` as JSON Schema takes it, as far as one code unit goes."""
_HIDDEN_RANGES = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
TEXT_PATTERN = rf"^[^\u0000]*[^{_UNSEEN_RANGES}][^\u0000]*$"
WORD_PATTERN = rf"^[^{_HIDDEN_RANGES}]*[^{_UNSEEN_RANGES}][^{_HIDDEN_RANGES}]*$"
"""What /openapi.json says of texts and words. `refuse_unfit` and `fit_word` judge them, also beyond the first plane."""

Word = Annotated[fact.Word, AfterValidator(fit_word), Field(json_schema_extra={"pattern": WORD_PATTERN})]
"""A short name or code as a person writes it: on one line, and read in the order in which it was written."""


class Body(BaseModel):
    """A command's body. Unknown or repeated members, wrong types, unfit or blank text are refused with their places."""

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
            refuse_unfit(source.__name__, value)
            return source.model_validate_json(value)

        of_python = core_schema.no_info_plain_validator_function(read)
        return core_schema.json_or_python_schema(cast("CoreSchema", schema), of_python, ref=ref)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Members say what the code says below them, texts that they need something to be seen."""
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        _say_what_is_unfit(properties)
        for name, meaning in _meanings(cls):
            properties[name]["description"] = meaning
        return schema


def _meanings(form: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Read from the source where somebody asks: pydantic would read it at each start, which takes its time."""
    (written,) = ast.parse(dedent(inspect.getsource(form))).body
    for member, below in pairwise(cast("ast.ClassDef", written).body):
        match member, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning))):
                yield name, inspect.cleandoc(meaning)


def _say_what_is_unfit(schema: object) -> None:
    """Put the pattern of all texts where a text has none, or none but the one against NUL, in JSON Schema."""
    if isinstance(schema, list):
        for one in schema:
            _say_what_is_unfit(one)
    elif isinstance(schema, dict):
        is_text = schema.get("type") == "string" and not schema.keys() & {"enum", "const", "format"}
        if is_text and schema.get("pattern", fact.WITHOUT_NUL) == fact.WITHOUT_NUL:
            schema["pattern"] = TEXT_PATTERN
        for one in schema.values():
            _say_what_is_unfit(one)


class _Members(tuple[tuple[str, object], ...]):
    """A JSON object as it was written: a dict would keep the last of two members with one name, and say nothing."""

    __slots__ = ()


def refuse_unfit(title: str, raw: bytes) -> None:
    """Raise a ValidationError that points to every text that is unfit or blank, to every number beyond all measure, and
    to every member that comes again.

    What is no JSON at all is left to the validation that follows.
    """
    _refuse(title, raw, lambda _: True)


def refuse_repeated(title: str, raw: bytes) -> None:
    """Raise a ValidationError that points to every member that comes again, and to nothing else."""
    _refuse(title, raw, lambda why: why is _TWICE)


def _refuse(title: str, raw: bytes, meant: Callable[[PydanticCustomError], bool]) -> None:
    try:
        content = _JSON.decode(raw.decode())
    except (ValueError, RecursionError):
        return
    found = ((place, why) for place, why in _wrong(content) if meant(why))
    wrong = [InitErrorDetails(type=why, loc=place, input=None) for place, why in islice(found, WRONG_MAX)]
    if wrong:
        raise ValidationError.from_exception_data(title, wrong, input_type="json", hide_input=True)


def _wrong(content: object) -> Iterator[tuple[tuple[str | int, ...], PydanticCustomError]]:
    """What is wrong, with its place; a member's name counts as a text at the member."""
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), content)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            if _unfit(value):
                yield place, _UNFIT
            elif value and category(value[0]) in _UNSEEN and all(category(char) in _UNSEEN for char in value):
                yield place, _BLANK
        elif value is _BEYOND:
            yield place, _BEYOND
        elif isinstance(value, list):
            waiting += [((*place, i), inner) for i, inner in enumerate(value)]
        elif isinstance(value, _Members):
            waiting += [((*place, name), inner) for name, inner in value]
            known: set[str] = set()
            for name, _ in value:
                if _unfit(name):
                    yield place, _UNFIT
                elif name in known:
                    yield (*place, name), _TWICE
                known.add(name)


def _whole(digits: str) -> object:
    return int(digits) if len(digits) <= DIGITS_MAX else _BEYOND


_JSON = json.JSONDecoder(object_pairs_hook=_Members, parse_int=_whole)
"""Made once: it is as dear as what it reads."""


def _unfit(text: str) -> bool:
    try:
        return b"\x00" in text.encode()
    except UnicodeEncodeError:
        return True
