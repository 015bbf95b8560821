"""Publishing the rulebooks that the product ships: an edge that each service runs once at its start.

A file `<rules>/<kind>/<name>.toml` whose stream does not exist yet is drafted and approved; after that the log alone
says what is in force, and a newer file changes nothing. Event ids are names, so that it happens once (L4).
Must not: know what stands in a rulebook.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from events.decider import Refused
from events.fact import EARLIEST
from events.ids import outside_event_id
from events.partition import partition_of
from rulebooks.books import rulebook_stream
from rulebooks.state import ApproveRulebook, DraftRulebook
from runtime.away import DATABASE_FAILS, LOG_AWAY
from runtime.intents import Draft, Intent, Outcome
from runtime.judging import MACHINE
from runtime.logs import fault, logger
from runtime.problems import Problem
from runtime.service import Edge, Running

SHIPPED = "shipped"
"""In whose name the defaults are written."""
CONSULTED = ("product",)
TRY_AGAIN_SECONDS = 1.0
_log = logger("rulebooks")


class NotPublished(Exception):
    """A shipped rulebook could not be published; the message names it, and never what stands in it."""


def publishing_shipped(kinds: Iterable[str]) -> Edge:
    """The edge `rulebooks`; the service is not ready until all shipped rulebooks of these kinds have been published."""
    wanted = tuple(kinds)

    async def edge(running: Running) -> None:
        trouble: str | None = "shipped rulebooks are not published yet"
        running.edges["rulebooks"] = lambda: trouble
        while trouble is not None:
            try:
                if running.driver.settled:
                    await _publish_all(running, wanted)
                    trouble = None
            except NotPublished as error:
                trouble = str(error)
                _log.error("rulebooks.not-published", reason=trouble)
            except Problem as problem:
                trouble = tries_again(problem.code)
            except (*DATABASE_FAILS, *LOG_AWAY) as error:
                trouble = tries_again(type(error).__name__)
                _log.warning("rulebooks.tries-again", **fault(error))
            if trouble is not None:
                await asyncio.sleep(TRY_AGAIN_SECONDS)
        await asyncio.Event().wait()

    return edge


def tries_again(after: str) -> str:
    """Why the edge is not ready, as /readyz says it: whoever starts a service tells by it that it reads its log."""
    return f"tries again after {after}"


async def _publish_all(running: Running, kinds: tuple[str, ...]) -> None:
    shipped = [(kind, path) for kind in kinds for path in sorted((running.settings.rules_dir / kind).glob("*.toml"))]
    await _all_read(running, [rulebook_stream(kind, path.stem) for kind, path in shipped])
    there = (await running.store.stand({}, ())).books
    for kind, path in shipped:
        await _publish(running, kind, path, exists=f"{kind}/{path.stem}" in there)


async def _all_read(running: Running, streams: Iterable[str]) -> None:
    """Tables that are folded anew know nothing of what somebody has published under such a name."""
    partitions = {partition_of(stream.encode(), running.commands.partitions) for stream in streams}
    for partition, end in (await running.log.ends(partitions)).items():
        await running.commands.read_up_to(partition, end)


async def _publish(running: Running, kind: str, path: Path, *, exists: bool) -> None:
    name, text = path.stem, _text_of(path)
    drafted, approved = (
        outside_event_id(source=SHIPPED, source_event_id=f"{kind}/{name}/{step}") for step in ("draft", "approval")
    )
    before = await running.store.admitted([drafted, approved])
    if approved in before or (exists and drafted not in before):
        return

    def draft(view: Draft[Any]) -> DraftRulebook:
        return DraftRulebook(
            now=view.now, by=SHIPPED, kind=kind, name=name, text=text, why="shipped with the product",
            consulted=CONSULTED, effective_at=EARLIEST,
        )  # fmt: skip

    def approve(view: Draft[Any]) -> ApproveRulebook:
        return ApproveRulebook(now=view.now, by=SHIPPED, kind=kind, name=name, version=1, shipped=True)

    for event_id, command in ((drafted, draft), (approved, approve)):
        outcome = await running.commands.carry_out(_intent(kind, name, event_id, command, text))
        if outcome.refused is not None and event_id == approved and not outcome.refused.findings:
            _log.warning("rulebooks.draft-was-settled", stream=rulebook_stream(kind, name), code=outcome.refused.code)
        elif outcome.verdict is None:
            raise NotPublished(f"{kind}/{name}: {_why(outcome)}")
    _log.info("rulebooks.published", stream=rulebook_stream(kind, name))


def _intent(kind: str, name: str, event_id: str, command: Callable[[Draft[Any]], Any], text: str) -> Intent:
    return Intent(
        stream=rulebook_stream(kind, name),
        event_id=event_id,
        command_hash=hashlib.sha256(text.encode()).hexdigest(),
        command=command,
        auth_id=SHIPPED,
        auth_type=MACHINE,
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotPublished(
            f"{path.parent.name}/{path.stem}: the file cannot be read ({type(error).__name__})"
        ) from None


def _why(outcome: Outcome) -> str:
    refused: Refused | None = outcome.refused
    if refused is None:
        return "nobody could say in time whether it counts"
    return "; ".join([refused.code, *(str(finding) for finding in refused.findings)])
