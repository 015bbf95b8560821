"""`complaints rules check|publish|diff|show`: rulebooks as files beside rulebooks in the log.

`check` needs nothing that runs. `publish` drafts what differs from what is in force, and approves it with the token of
another person. Must not: know what one kind means (`rulebooks`).
"""

import asyncio
import difflib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from local.errors import LocalError
from local.foreground import DataOption
from local.places import DATA_DEFAULT, DataDir
from local.rules.asking import APPROVER, AUTHOR, Asking, Draft
from local.rules.files import File, files_at, findings, readable_at
from local.status_report import Output

rules = typer.Typer(
    no_args_is_help=True, help="Calendars, packs, ladders and other rulebooks: check, publish, compare."
)
Paths = Annotated[list[Path], typer.Argument(help="Files `<kind>/<name>.toml`, or folders with such files in them.")]
Book = Annotated[str, typer.Argument(metavar="KIND/NAME", help="For example calendar/cn.")]
OutputOption = Annotated[Output, typer.Option("--output", "-o", help="For people or for programs.")]


class NoSuchRulebook(LocalError):
    """The system has no rulebook of that name, or none was in force then."""


@rules.command()
def check(paths: Paths, *, output: OutputOption = Output.TEXT) -> None:
    """Say everything that is wrong with these files, each thing with its place; exit code 1 where anything is."""
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
    """Publish what differs from what is in force: drafted by one person, approved by another."""
    files = readable_at(paths)
    at = _moment(effective_at, "--effective-at")

    async def work() -> list[dict[str, Any]]:
        asking = await Asking.of(DataDir(data.resolve()))
        done = []
        for file in files:
            there = await asking.rulebook(file.kind, file.name)
            if there is not None and there["in_force"] is not None and there["in_force"]["text"] == file.text:
                done.append({"rulebook": file.key, "version": there["in_force"]["version"], "state": "unchanged"})
                continue
            draft = Draft(file.kind, file.name, file.text, why, consulted, at, applies_to_running)
            version = await asking.draft(draft, by=by)
            if not draft_only:
                await asking.approve(file.kind, file.name, version, by=approved_by)
            done.append({"rulebook": file.key, "version": version, "state": "drafted" if draft_only else "approved"})
        return done

    done = asyncio.run(work())
    if output is Output.JSON:
        print(json.dumps(done, indent=2))
        return
    for one in done:
        _say(f"{one['rulebook']}@{one['version']} {one['state']}")


@rules.command()
def diff(paths: Paths, *, data: DataOption = DATA_DEFAULT) -> None:
    """Compare these files with what is in force; exit code 1 where anything differs."""
    files = readable_at(paths)

    async def work() -> list[tuple[File, list[str]]]:
        asking = await Asking.of(DataDir(data.resolve()))
        return [(file, _differences(await asking.rulebook(file.kind, file.name), file)) for file in files]

    differing = [lines for _, lines in asyncio.run(work()) if lines]
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
    moments = {"as_of": _moment(as_of, "--as-of"), "known_at": _moment(known_at, "--known-at")}
    asked = {member: moment.isoformat() for member, moment in moments.items() if moment is not None}

    async def work() -> dict[str, Any] | None:
        asking = await Asking.of(DataDir(data.resolve()))
        if version is not None:
            return await asking.version(kind, name, version)
        found = await asking.rulebook(kind, name, **asked)
        return None if found is None else found["in_force"]

    told = asyncio.run(work())
    if told is None:
        raise NoSuchRulebook(f"{book}: nothing of that name was in force {'then' if asked else 'yet'}")
    if output is Output.JSON:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    _say(
        f"# {book}@{told['version']} {told['state']}, effective {told['effective_at']}, by {told['by']}: {told['why']}"
    )
    if "approved_by" in told:
        _say(f"# approved by {told['approved_by']} at {told['known_at']}; consulted: {', '.join(told['consulted'])}")
    print(told["text"], end="")


def _moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"not a time: {text}", param_hint=option) from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text} has no zone; write {text}Z for UTC", param_hint=option)
    return moment.astimezone(UTC)


def _say(line: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(line, markup=False)
