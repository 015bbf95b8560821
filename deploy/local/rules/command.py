"""`complaints rules check|publish|diff|show`: rulebooks as files beside rulebooks in the log.

`check` needs nothing that runs. `publish` drafts what differs from what is in force, and approves it with the token of
another person. Must not: know what one kind means (`rulebooks`).
"""

import asyncio
import difflib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local.errors import LocalError
from local.foreground import DataOption
from local.moments import moment
from local.places import DATA_DEFAULT, DataDir
from local.rules.asking import APPROVER, AUTHOR, Asking, Draft, Published
from local.rules.files import File, files_at, findings, readable_at
from local.status_report import Output

rules = typer.Typer(
    no_args_is_help=True, help="Calendars, packs, ladders and other rulebooks: check, publish, compare."
)
Paths = Annotated[list[Path], typer.Argument(help="Files `<kind>/<name>.toml`, or folders with such files in them.")]
Book = Annotated[str, typer.Argument(metavar="KIND/NAME", help="For example calendar/cn.")]
NAMED = re.compile(r"[a-z]{1,20}/[a-z0-9][a-z0-9-]{0,79}")
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")]


class NoSuchRulebook(LocalError):
    """The system has no rulebook of that name, or none was in force then."""


class OnePerson(LocalError):
    """Who writes and who approves are to be two people; the system would refuse it, too, and keep the draft."""


@contextmanager
def _answering() -> Iterator[None]:
    """As `diff` and `grep` do: exit code 1 is an answer, 2 says that there is none."""
    try:
        yield
    except LocalError as error:
        _say(f"complaints: {error}")
        raise typer.Exit(2) from None


@rules.command()
def check(paths: Paths, *, output: OutputOption = Output.TEXT) -> None:
    """Say everything that is wrong with these files, each thing with its place; exit code 1 where anything is, 2 where
    there is nothing to check.
    """
    with _answering():
        files = files_at(paths)
        wrong = findings(files)
    if output is Output.JSON:
        told = [{"file": str(f.path), "place": o.place, "wrong": o.wrong, "todo": o.todo} for f, o in wrong]
        print(json.dumps({"files": len(files), "findings": told}, indent=2, ensure_ascii=False))
    else:
        for file, one in wrong:
            _say(f"{file.path}: {one}")
        _say(f"{len(files)} rulebooks, {len(wrong)} findings")
    if wrong:
        raise typer.Exit(1)


@rules.command()
def publish(
    paths: Paths,
    *,
    why: Annotated[str, typer.Option(help="Why it changes.")],
    consulted: Annotated[list[str], typer.Option(help="A department that was asked; name each.")],
    effective_at: Annotated[
        str | None, typer.Option(help="From when on, with its zone; from now on if absent.")
    ] = None,
    applies_to_running: Annotated[bool, typer.Option(help="Running clocks follow it, too.")] = False,
    draft_only: Annotated[bool, typer.Option(help="Leave the approval to somebody else.")] = False,
    by: Annotated[str, typer.Option(help="Who writes.")] = AUTHOR,
    approved_by: Annotated[str, typer.Option(help="Who approves: somebody else.")] = APPROVER,
    data: DataOption = DATA_DEFAULT,
    output: OutputOption = Output.TEXT,
) -> None:
    """Publish what differs from what is in force: drafted by one person, approved by another. A draft that waits with
    just that is approved, and not written again.
    """
    at = moment(effective_at, "--effective-at")
    for option, name in (("--by", by), ("--approved-by", approved_by)):
        if not name.strip():
            raise typer.BadParameter("name somebody", param_hint=option)
    if by == approved_by and not draft_only:
        raise OnePerson(f"{by} would write and approve: name two people, or use --draft-only")
    files = readable_at(paths)
    done: list[Published] = []

    async def work() -> None:
        asking = await Asking.of(DataDir(data.resolve()))
        for file in files:
            draft = Draft(file.kind, file.name, file.text, why, consulted, at, applies_to_running)
            done.append(await asking.publish(draft, by=by, approved_by=None if draft_only else approved_by))

    try:
        asyncio.run(work())
    finally:  # also where a later one is refused: what was published stays so
        if output is Output.JSON:
            print(json.dumps([asdict(one) for one in done], indent=2))
        else:
            for one in done:
                _say(f"{one.rulebook}@{one.version} {one.state}")


@rules.command()
def diff(paths: Paths, *, data: DataOption = DATA_DEFAULT) -> None:
    """Compare these files with what is in force; exit code 1 where anything differs, 2 where that cannot be said."""

    async def work() -> list[list[str]]:
        files = readable_at(paths)
        asking = await Asking.of(DataDir(data.resolve()))
        return [_differences(await asking.rulebook(file.kind, file.name), file) for file in files]

    with _answering():
        differing = [lines for lines in asyncio.run(work()) if lines]
    for lines in differing:
        print("\n".join(lines))
    if differing:
        raise typer.Exit(1)


def _differences(there: dict[str, Any] | None, file: File) -> list[str]:
    current = None if there is None else there["in_force"]
    before: Sequence[str] = () if current is None else current["text"].splitlines()
    name = "(not published)" if current is None else f"{file.key}@{current['version']} in force"
    return list(difflib.unified_diff(before, file.text.splitlines(), name, str(file.path), lineterm=""))


@rules.command()
def show(
    book: Book,
    *,
    as_of: Annotated[str | None, typer.Option(help="In force when; a time with its zone. Now if absent.")] = None,
    known_at: Annotated[str | None, typer.Option(help="As far as it was known when.")] = None,
    version: Annotated[int | None, typer.Option(help="This version, whatever became of it.", min=1)] = None,
    data: DataOption = DATA_DEFAULT,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print a rulebook as it was in force: its text, and who wrote and approved it."""
    kind, _, name = book.partition("/")
    if not NAMED.fullmatch(book):
        raise typer.BadParameter(f"{book!r} is not of the form KIND/NAME, such as calendar/cn", param_hint="KIND/NAME")
    moments = {"as_of": moment(as_of, "--as-of"), "known_at": moment(known_at, "--known-at")}
    asked = {member: one.isoformat() for member, one in moments.items() if one is not None}
    if version is not None and asked:
        raise typer.BadParameter("a version is that text at any time: leave out --as-of and --known-at")

    async def work() -> dict[str, Any]:
        asking = await Asking.of(DataDir(data.resolve()))
        if version is not None:
            return await asking.version(kind, name, version)
        found = await asking.rulebook(kind, name, **asked)
        if found is None:
            raise NoSuchRulebook(f"there is no rulebook {book}; there are: {', '.join(await asking.names())}")
        if found["in_force"] is None:
            raise NoSuchRulebook(_not_in_force(book, found, then=bool(asked)))
        in_force: dict[str, Any] = found["in_force"]
        return in_force

    told = asyncio.run(work())
    if output is Output.JSON:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    _say(
        f"# {book}@{told['version']} {told['state']}, effective {told['effective_at']}, by {told['by']}: {told['why']}"
    )
    if "approved_by" in told:
        _say(f"# approved by {told['approved_by']} at {told['known_at']}; consulted: {', '.join(told['consulted'])}")
    if "refused_by" in told:
        _say(f"# refused by {told['refused_by']}: {told['refused_because']}")
    print(told["text"], end="")


def _not_in_force(book: str, found: dict[str, Any], *, then: bool) -> str:
    versions = [
        f"version {one['version']} {one['state']}, effective {one['effective_at']}" for one in found["versions"]
    ]
    return "; ".join([f"{book}: no version was in force {'then' if then else 'yet'}", *versions])


def _say(line: str) -> None:
    Console(stderr=True, highlight=False, emoji=False, soft_wrap=True).print(line, markup=False)
