"""What the vocabulary says of itself: `docs/events.md` and one JSON schema for each type, frozen once it is released.

    python -m events.catalogue            write both; a schema that would change is refused
    python -m events.catalogue --check    write nothing; fail where something is stale
    python -m events.catalogue --draft    overwrite schemas too: those that no release has frozen
    python -m events.catalogue --freeze   with a release: what stands in FROZEN by its SHA-256 never changes again

Everything is read from the models and their source, so that there is no second place to keep.
"""

import argparse
import ast
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel

from events import fact, inbound, outbound, rulebook
from events.codec import MODULES, TYPES
from events.fact import CHAPTERS, Fact, chapter_of
from events.glossary import GLOSSARY
from events.upcasters import UPCASTERS

ROOT = Path(__file__).parents[2]
DOCS = Path("docs/events.md")
SCHEMAS = Path("libs/events/schemas")
FROZEN = SCHEMAS / "FROZEN"
"""Every released schema, as `sha256sum --check` reads it; absent before the first release."""
_LEAVING: tuple[type[outbound.Leaving], ...] = get_args(outbound.Leaving)
_OUTSIDE: dict[str, type[BaseModel]] = {**inbound.ACCEPTED, **{kind.type: kind for kind in _LEAVING}}


@dataclass(frozen=True)
class Named:
    """A field of a class or a value type of a module, as its source has it."""

    name: str
    form: str
    default: str | None
    doc: str
    has_limits: bool = False
    """The field itself says more than its type does."""


def files() -> dict[Path, str]:
    """Everything that is generated, by its path in the project."""
    schemas = {SCHEMAS / f"{name}.json": _schema(name, model) for name, model in {**TYPES, **_OUTSIDE}.items()}
    return {DOCS: "\n".join(_page()) + "\n", **schemas}


def stale(root: Path) -> list[str]:
    """What is missing or differs, schemas of types that nobody knows any more, and frozen ones that changed; empty if
    all is fresh.
    """
    wanted = files()
    wrong = [str(path) for path, text in wanted.items() if _read(root / path) != text]
    kept = {SCHEMAS / f"{name}.json" for name in UPCASTERS}
    there = {path.relative_to(root) for path in (root / SCHEMAS).glob("*.json")}
    thawed = (path for path, digest in frozen(root).items() if _digest(_read(root / path)) != digest)
    return [
        *sorted(wrong),
        *sorted(f"{path} (no such type)" for path in there - set(wanted) - kept),
        *sorted(f"{path} (frozen, and changed)" for path in thawed),
    ]


def write(root: Path, *, draft: bool) -> Path | None:
    """Write everything, or nothing where a schema may not change: it is frozen, or this is no draft. Gives its path."""
    texts, never = files(), frozen(root)
    for path, text in texts.items():
        if path.parent == SCHEMAS and _read(root / path) not in (None, text) and (path in never or not draft):
            return path
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return None


def frozen(root: Path) -> dict[Path, str]:
    """The SHA-256 of every released schema."""
    lines = (line.split("  ") for line in (_read(root / FROZEN) or "").splitlines())
    return {SCHEMAS / name: digest for digest, name in lines}


def freeze(root: Path) -> None:
    """Freeze every schema that stands there; what is frozen already stays as it is."""
    there = {path.relative_to(root): _digest(_read(path)) for path in (root / SCHEMAS).glob("*.json")}
    lines = (f"{digest}  {path.name}\n" for path, digest in sorted({**there, **frozen(root)}.items()))
    (root / FROZEN).write_text("".join(lines), encoding="utf-8")


def _digest(text: str | None) -> str:
    return sha256((text or "").encode()).hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


# --- schemas -----------------------------------------------------------------------------------------------------


def _schema(name: str, model: type[BaseModel]) -> str:
    schema: dict[str, Any] = model.model_json_schema()
    if issubclass(model, Fact):
        # The time travels as ce_time (L24).
        del schema["properties"]["at"]
        schema["required"] = [field for field in schema["required"] if field != "at"]
    schema = _of_content_only(schema)
    schema |= {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{name}", "title": name}
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _of_content_only(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    """Without the words about it: those may be improved while the form stays."""
    if isinstance(schema, list):
        return [_of_content_only(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    words = {name for name in ("title", "description") if isinstance(schema.get(name), str)}
    return {name: _of_content_only(part) for name, part in schema.items() if name not in words}


# --- the page ----------------------------------------------------------------------------------------------------


def _page() -> Iterator[str]:
    yield "# Events"
    yield ""
    yield "Made by `python -m events.catalogue` from the models; edit those. The law that records follow is in"
    yield "`libs/events/admission.py` and `libs/events/envelope.py`; JSON schemas stand in `libs/events/schemas/`."
    yield "A field that has no default and may not be absent is needed; one that is not named here is refused."
    yield ""
    yield "## Value types"
    values = [
        v
        for module in (fact, rulebook, inbound)
        for v in _named(_tree(module))
        if v.form.startswith("Annotated") and not v.name.startswith("_")
    ]
    yield from _table(("type", "meaning"), ((f"`{v.name}`", v.doc) for v in values))
    for part in (fact.Origin, fact.GivenDue):
        yield f"### `{part.__name__}`"
        yield _doc(part)
        yield from _fields(part)
    yield "## Lists of words"
    lists = {v.name: v for module in MODULES for v in _named(_tree(module)) if v.form.startswith("Literal")}
    yield from _table(("list", "words"), ((f"`{name}`", _words(lists[name].form)) for name in sorted(lists)))
    for chapter in CHAPTERS:
        module = next(one for one in MODULES if one.__name__ == f"events.{chapter}")
        yield f"## Chapter {chapter}"
        yield _doc(module).removeprefix(f"Chapter {chapter}: ")
        yield ""
        for model in (kind for kind in TYPES.values() if chapter_of(kind).value == chapter):
            yield from _event(model)
    yield "## What other systems may tell us"
    yield from _outside(inbound, inbound.ACCEPTED.values())
    yield "## What gateways and sales get from us"
    yield from _outside(outbound, _LEAVING)
    yield "## Glossary"
    yield from _table(("word", "meaning"), ((word, GLOSSARY[word]) for word in sorted(GLOSSARY)))


def _event(model: type[Fact]) -> Iterator[str]:
    yield f"### `{model.type}`"
    yield _doc(model)
    yield ""
    relies_on = ", ".join(chapter for chapter in CHAPTERS if chapter in model.relies_on) or "nothing else"
    more = "" if model.relied_on is Fact.relied_on else "; where its decision read more, on that too"
    yield f"`{model.__name__}` · relies on its own chapter and {relies_on}{more}."
    yield from _fields(model)


def _outside(module: ModuleType, models: Any) -> Iterator[str]:  # noqa: ANN401  # any collection of classes with a type
    yield _doc(module)
    yield ""
    for model in models:
        yield f"### `{model.type}`"
        yield _doc(model)
        yield from _fields(model)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """The fields that the source of the class has; where it has none, those of the form that it shares."""
    tree = _tree(inspect.getmodule(model))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    fields = [field for field in _named(body) if field.name in model.model_fields]
    shared = model.__base__
    if not fields and shared is not None and issubclass(shared, BaseModel) and shared.__module__ == rulebook.__name__:
        yield from _fields(shared)
        return
    rows = ((f"`{f.name}`", _words(f.form) + _limit(model, f), f.default or "", f.doc) for f in fields)
    yield from _table(("field", "form", "default", "meaning"), rows)


def _limit(model: type[BaseModel], field: Named) -> str:
    """How long it may be, where the field itself says so and not its type."""
    unit = "" if field.form.startswith("tuple") else " characters"
    found = model.model_fields[field.name].metadata if field.has_limits else []
    return next((f", at most {one.max_length:,}{unit}" for one in found if hasattr(one, "max_length")), "")


def _named(body: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """Assignments with the docstring below each."""
    for node, after in zip(body.body, [*body.body[1:], None], strict=True):
        doc = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            doc = inspect.cleandoc(after.value.value)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            written = ast.unparse(node.value) if node.value is not None else "None"
            if isinstance(node.value, ast.Call):  # `Field`: limits stand beside the default, if there is one
                written = next((ast.unparse(one.value) for one in node.value.keywords if one.arg == "default"), "None")
            # Where absence is the default the form says so.
            default = None if written == "None" else f"`{written}`"
            yield Named(node.target.id, ast.unparse(node.annotation), default, doc, isinstance(node.value, ast.Call))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield Named(node.targets[0].id, ast.unparse(node.value), None, doc)


def _tree(module: ModuleType | None) -> ast.Module:
    assert module is not None
    return ast.parse(inspect.getsource(module))


def _table(head: tuple[str, ...], rows: Any) -> Iterator[str]:  # noqa: ANN401  # any rows of cells
    lines = [tuple(" ".join(cell.replace("|", "\\|").split()) for cell in row) for row in rows]
    yield ""
    if lines:
        yield "| " + " | ".join(head) + " |"
        yield "|" + "---|" * len(head)
        yield from ("| " + " | ".join(line) + " |" for line in lines)
        yield ""


def _words(form: str) -> str:
    """A Python annotation as a reader of JSON wants it."""
    if form.startswith("Literal["):
        inner, _, rest = form.removeprefix("Literal[").partition("]")
        return f"{inner.replace(chr(39), '')}{rest.replace(' | None', ' or absent')}"
    return (
        form.replace(" | None", " or absent").replace(" | ", " or ").replace("tuple[", "list of ").replace(", ...]", "")
    )


def _doc(of: type | ModuleType) -> str:
    return inspect.getdoc(of) or ""


# --- the command -------------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """0 where all is fresh or was written; 1 with a reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m events.catalogue", description=__doc__)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--check", action="store_true", help="write nothing; fail where something is stale")
    way.add_argument("--draft", action="store_true", help="overwrite schemas that no release has frozen")
    way.add_argument("--freeze", action="store_true", help="with a release: no schema changes from now on")
    chosen = parser.parse_args(arguments)
    if chosen.check or chosen.freeze:
        wrong = stale(ROOT)
        sys.stderr.writelines(f"stale: {line}\n" for line in wrong)
        if chosen.freeze and not wrong:
            freeze(ROOT)
        return 1 if wrong else 0
    refused = write(ROOT, draft=chosen.draft)
    if refused is None:
        return 0
    why = "is frozen" if refused in frozen(ROOT) else "would change (--draft where that is meant)"
    sys.stderr.write(f"{refused} {why}: give the type a new version and the old one an upcaster\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
