"""The one search of the worklist: a case by its number, by another system's, or by whose contact it is.

Lives here: from what was typed to the page that shows it. It may be somebody's telephone number: it comes in a body,
and goes into an address as the keyed hash that joins a person's cases, or not at all.
"""

import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from projections import queries
from projections.console.questions import Questions
from projections.console.reader import Reader
from projections.console.rendering import redirect
from projections.console.session import HOME, from_here, signed_in
from runtime.party import normal_form, party_refs

_CONTACT = re.compile(r"\+?[0-9]{5,20}|.*@.*", re.DOTALL)
"""What may be a telephone number or a mail address, in its normal form."""


def add_search(router: APIRouter, questions: Questions, secrets: Sequence[bytes]) -> None:
    """Where the form of the worklist goes. `secrets`: those by which contacts are hashed."""

    @router.post("/console/search", dependencies=[Depends(from_here)])
    async def find(
        _: Annotated[Reader, Depends(signed_in)],
        q: Annotated[str, Form(max_length=200, pattern=r"^[^\x00]*$")] = "",
    ) -> Response:
        return redirect(await found(questions, secrets, q.strip()))


async def found(questions: Questions, secrets: Sequence[bytes], typed: str) -> str:
    """The address of the page that shows it, or that shows that there is none."""
    if not typed:
        return _list()
    case = await questions.numbered(typed)
    pool, refs = questions.sources.pool, party_refs(secrets, typed)
    theirs = [] if case else await pool.fetch(queries.SQL["party_of"], refs)
    if case is not None or len(theirs) == 1:
        return f"/console/cases/{case or theirs[0]['id']}"
    if theirs:
        return _list(person=theirs[0]["party_ref"])
    if _CONTACT.fullmatch(normal_form(typed)) and not await pool.fetch(queries.SQL["referred"], typed):
        return _list(person=refs[0])
    return _list(q=typed)


def _list(**wanted: str) -> str:
    return f"{HOME}?{urlencode({'view': 'all', **wanted})}"
