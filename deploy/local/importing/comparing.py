"""An import whose clocks a pack counts: the table of policies as a rulebook before, and what came of it after.

Asked and told over HTTP alone. Must not: count a due time, or guess a reason (the views do).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from events.fact import EARLIEST
from local.errors import LocalError
from local.importing.policies import PACK, limits_of, pack_text
from local.rules.asking import APPROVER, AUTHOR, Asking, Draft

CONSULTED = ("importing",)
ASK_SECONDS_MAX = 60.0
SHOWN_MAX = 12


class NotCompared(LocalError):
    """Everything is imported, but the views do not tell how the due times compare."""


@dataclass(frozen=True)
class Policies:
    """A table of policies, read and turned into the pack."""

    table: str
    text: str


def policies_at(path: Path) -> Policies:
    """Raises Unreadable, naming each row and column that is wrong."""
    return Policies(path.name, pack_text(limits_of(path), path.name))


async def publish(asking: Asking, policies: Policies) -> int:
    """The version of the pack that counts from now on; the same table twice publishes nothing. Raises Refused.

    It is in force from the earliest time on, because the history that it counts is old.
    """
    why = f"the table of policies {policies.table}"
    draft = Draft("pack", PACK, policies.text, why, CONSULTED, EARLIEST, applies_to_running=False)
    return (await asking.publish(draft, by=AUTHOR, approved_by=APPROVER)).version


async def compared(url: str, token: str, source: str) -> dict[str, Any]:
    """How the due times of a source compare with ours, over all that it ever told. Raises NotCompared."""
    async with httpx.AsyncClient(base_url=url, timeout=ASK_SECONDS_MAX, trust_env=False) as client:
        try:
            answer = await client.get(
                "/v1/statistics/due-deviations",
                params={"source": source},
                headers={"authorization": f"Bearer {token}"},
            )
            found: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotCompared(
                f"all is imported, but how the due times compare is not told ({type(error).__name__}); "
                "ask GET /v1/statistics/due-deviations later"
            ) from error
    return found


def in_words(found: dict[str, Any]) -> list[str]:
    """The comparison for a person, line by line."""
    total, close = found["due_compared"], found["due_within_5_minutes"]
    share = f" ({100 * close / total:.2f} %)" if total else ""
    lines = [f"due times: {close} of {total} equal the stated ones to within 5 minutes{share}"]
    deviations, without = found["deviations"], found["without_policy"]
    lines += [
        f"  {one['deviating']} of {one['compared']} deviate: {one['category']}; most likely {one['likely_reason']}"
        for one in deviations[:SHOWN_MAX]
    ]
    if len(deviations) > SHOWN_MAX:
        lines.append(f"  and {len(deviations) - SHOWN_MAX} more request types; all of them with -o json")
    lines.append(f"no_policy: {found['no_policy']} cases of {len(without)} request types that the pack does not name")
    lines += [f"  {one['cases']}: {one['category']}" for one in without[:SHOWN_MAX]]
    if len(without) > SHOWN_MAX:
        lines.append(f"  and {len(without) - SHOWN_MAX} more request types; all of them with -o json")
    return lines
