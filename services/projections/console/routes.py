"""The console's pages: the worklist, a case, the SLA board, and the parts that pages ask for by themselves.

Lives here: from a request to a view to a page. Must not: words, SQL, rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from events.admission import Head, admits, parse_expectation
from events.triage import GRADES
from projections.console import beside, board, case, compared, drafts, proof, then, worklist
from projections.console.allowed import hands_of
from projections.console.answers import answer_of, failed, fresh_of, signed_out
from projections.console.asking import CHANNELS, Choice, Command
from projections.console.beside_commands import SET_BUDGET, START
from projections.console.door import add_door, to_the_door
from projections.console.faster import faster
from projections.console.forms import alone, forms
from projections.console.guide import guide
from projections.console.lodging import lodging
from projections.console.questions import Asked, Questions, Story, View, first_view, tabs
from projections.console.reader import Reader
from projections.console.rendering import Pages, SignedOut, page_route
from projections.console.search import add_search
from projections.console.session import opening, reader_of, role_words, signed_in, words_of
from projections.console.spoken import spoken
from projections.console.story import tail
from projections.console.timeline import Kind
from projections.queries import By
from projections.reckoning import NOW, Moments
from runtime.caller import parse_position
from runtime.problems import Problem
from runtime.witness import counted, read_by

Told = Annotated[Reader, Depends(reader_of)]
Opening = Annotated[Reader, Depends(opening)]
Short = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
"""What a page may be asked; it may be empty, and is never what no text of a database can hold."""
Seen = Annotated[str | None, Header(alias="complaint-position", max_length=100)]
Pinned = Annotated[str, Query(max_length=200)]
OneGrade = Annotated[str | None, Query(pattern=f"^({'|'.join(GRADES)})?$")]
EVENTS, EVENTS_MAX = 50, 10_000


def build_pages(questions: Questions, contact_secrets: Sequence[bytes]) -> APIRouter:
    """All pages of the console."""
    pages = Pages()
    route = page_route(lambda request, problem: failed(pages, request, problem), to_the_door)
    router = APIRouter(route_class=route, include_in_schema=False)
    add_door(router, pages)
    add_search(router, questions, contact_secrets)
    _add_worklist(router, pages, questions)
    _add_case(router, pages, questions)
    _add_board(router, pages, questions)
    _add_drafts(router, pages, questions)
    _add_beside(router, pages, questions)
    _add_parts(router, pages, questions)
    return router


async def _frame(
    request: Request, questions: Questions, reader: Reader, here: str, *, seen: str = ""
) -> dict[str, Any]:
    """What the frame of every page needs. `seen`: a case and the head of it that the page shows."""
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "reader": reader,
        "role_words": role_words(reader),
        "here": here,
        "back": request.url.path + query,
        "fresh": fresh_of(await questions.behind_seconds(), reader),
        "fresh_url": f"/console/fresh{seen}",
    }


def _add_worklist(router: APIRouter, pages: Pages, questions: Questions) -> None:
    @router.get("/console/worklist")
    async def whole(request: Request, reader: Told, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        words = reader.words
        return pages.page(
            "worklist.html",
            words,
            **await _frame(request, questions, reader, "worklist"),
            **await _rows(request, questions, asked, reader),
            grades=[Choice(grade, words.of("grade", grade)) for grade in GRADES],
            may_lodge=lodging(reader) is not None,
            channels=[Choice(channel, words.of("channel", channel)) for channel in CHANNELS],
            queues=[Choice(queue, words.of("queue", queue)) for queue in await questions.queues()],
        )

    @router.get("/console/worklist/rows")
    async def rows(request: Request, reader: Told, asked: Annotated[Asked, Depends(_asked)]) -> Response:
        return pages.page("rows.html", reader.words, **await _rows(request, questions, asked, reader))


def _asked(
    *, reader: Told, view: View | None = None, grade: OneGrade = None, channel: Short = None, queue: Short = None,
    q: Short = None, person: Short = None, cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> Asked:  # fmt: skip
    """What is asked of the worklist: the reader's first view where none is named."""
    return Asked(
        view or first_view(reader),
        grade or None,
        channel or None,
        queue or None,
        (q or "").strip() or None,
        person or None,
        cursor,
    )


async def _rows(request: Request, questions: Questions, asked: Asked, reader: Reader) -> dict[str, Any]:
    cases, cursor = await questions.worklist(asked, reader)
    counted(request.scope, len(cases))
    counts = await questions.counts(reader)
    groups = worklist.grouped(cases, reader)
    return {
        "asked": asked,
        "groups": groups,
        "views": worklist.views(tabs(reader), asked.view, counts, reader),
        "announcement": worklist.status_line(groups, reader),
        "rows_url": _address("/console/worklist/rows", **vars(asked)),
        "next_url": _address("/console/worklist", **vars(replace(asked, cursor=cursor))) if cursor else "",
    }


def _add_case(router: APIRouter, pages: Pages, questions: Questions) -> None:
    @router.get("/console/cases/new")
    async def new(request: Request, reader: Annotated[Reader, Depends(signed_in)]) -> Response:
        form = lodging(reader)
        if form is None:
            raise Problem(403, "role-missing", "who takes down what others say is staff that may change the record")
        return pages.page("new.html", reader.words, **await _frame(request, questions, reader, "new"), form=form)

    @router.get("/console/cases/{complaint_id}")
    async def whole(
        *,
        request: Request,
        complaint_id: str,
        reader: Told,
        show: Kind | None = None,
        events: Annotated[int, Query(ge=1, le=EVENTS_MAX)] = EVENTS,
        as_of: Short = None,
        known_at: Short = None,
        complaint_position: Seen = None,
    ) -> Response:
        await questions.sources.reached(parse_position(complaint_position or ""))
        moments = then.asked(as_of, known_at, reader)
        story = await _story(questions, complaint_id, reader, moments)
        moment = then.shown(moments, reader)
        at = replace(reader, now=moments.at)
        desk = await questions.desk() if moments.now else None
        shown = case.shown(story.case, at, story.clocks, desk)
        playbook = await questions.playbook(story.case) if moments.now else None
        lang = story.case.get("language")
        seen = "?" + urlencode({"complaint_id": shown.id, "head": shown.head}) if moments.now else ""
        return pages.page(
            "case.html",
            reader.words,
            **await _frame(request, questions, reader, "", seen=seen),
            page=shown,
            then=moment,
            closed=story.case["status"] == "closed",
            forms=forms(story.case, reader, desk, hands_of(story.entries)) if desk is not None else [],
            guide=guide(playbook, lang, reader) if playbook is not None else None,
            timeline=tail(story.entries, at, lang, show, events, moment.query),
        )

    @router.get("/console/cases/{complaint_id}/clocks/{clock:path}/proof")
    async def proved(
        *,
        request: Request,
        complaint_id: str,
        clock: str,
        reader: Told,
        as_of: Short = None,
        known_at: Short = None,
    ) -> Response:
        moments = then.asked(as_of, known_at, reader)
        found = await questions.proof(complaint_id, clock, reader, moments)
        if found is None:
            raise Problem(404, "not-found", "no such clock for this reader, or nothing to count")
        shown = proof.shown(found, complaint_id, clock, reader, then.shown(moments, reader).query)
        return pages.page("proof.html", reader.words, **await _frame(request, questions, reader, ""), page=shown)

    @router.get("/console/cases/{complaint_id}/faster")
    async def lost_race(complaint_id: str, reader: Told, seen: Pinned, complaint_position: Seen = None) -> Response:
        await questions.sources.reached(parse_position(complaint_position or ""))
        story = await _story(questions, complaint_id, reader)
        found = faster(story.entries, story.case, seen.strip('"'), reader)
        return pages.page("faster.html", reader.words, found=found)


async def _story(questions: Questions, complaint_id: str, reader: Reader, moments: Moments = NOW) -> Story:
    story = await questions.story(complaint_id, reader, moments)
    if story is None:
        raise Problem(404, "not-found", "no such case for this reader")
    return story


def _add_board(router: APIRouter, pages: Pages, questions: Questions) -> None:
    @router.get("/console/sla")
    async def whole(request: Request, reader: Told, source: Short = None, by: By = "grade") -> Response:
        figures, buckets = await questions.board(source or None, reader, by)
        counted(request.scope, len(figures["next"]))
        beside = await questions.compared(figures)
        return pages.page(
            "board.html",
            reader.words,
            **await _frame(request, questions, reader, "sla"),
            source=source,
            page=board.shown(figures, buckets, reader, await questions.waiting()),
            compared=compared.shown(figures, beside, reader) if beside is not None else None,
        )


def _add_drafts(router: APIRouter, pages: Pages, questions: Questions) -> None:
    @router.get("/console/drafts")
    async def whole(request: Request, reader: Told, complaint_position: Seen = None) -> Response:
        await questions.sources.reached(parse_position(complaint_position or ""))
        found = drafts.shown(await drafts.waiting(questions.sources), reader)
        counted(request.scope, len(found))
        return pages.page(
            "drafts.html", reader.words, **await _frame(request, questions, reader, "drafts"), drafts=found
        )


def _add_beside(router: APIRouter, pages: Pages, questions: Questions) -> None:
    async def listed(request: Request, reader: Reader, page: beside.Listed, here: str, command: Command) -> Response:
        counted(request.scope, len(page.rows))
        form = alone(command, reader)
        frame = await _frame(request, questions, reader, here)
        return pages.page("beside.html", reader.words, **frame, page=page, forms=[form] if form else [])

    @router.get("/console/clusters")
    async def clusters(request: Request, reader: Opening, after: Short = None, seen: Seen = None) -> Response:
        found = await questions.listed("clusters", after, seen)
        return await listed(request, reader, beside.clusters(found, reader), "clusters", START)

    @router.get("/console/budgets")
    async def budgets(request: Request, reader: Opening, after: Short = None, seen: Seen = None) -> Response:
        found = await questions.listed("budgets", after, seen)
        return await listed(request, reader, beside.budgets(found, reader), "budgets", SET_BUDGET)

    @router.get("/console/clusters/{cluster_id}")
    async def cluster(request: Request, cluster_id: str, reader: Opening) -> Response:
        found = await questions.cluster(cluster_id)
        frame = await _frame(request, questions, reader, "clusters")
        return pages.page("cluster.html", reader.words, **frame, cluster=beside.cluster(found, reader))

    @router.get("/console/clusters/{cluster_id}/members")
    async def members(cluster_id: str, reader: Opening) -> Response:
        found = await questions.cluster(cluster_id)
        return pages.page("members.html", reader.words, cluster=beside.cluster(found, reader))


def _add_parts(router: APIRouter, pages: Pages, questions: Questions) -> None:
    @router.get("/console/fresh")
    async def fresh(request: Request, complaint_id: Short = None, head: Short = None) -> Response:
        url = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        try:
            reader = signed_in(request)
        except SignedOut:
            words = words_of(request)
            return pages.page("fresh.html", words, fresh=signed_out(words), fresh_url=url)
        found = fresh_of(await questions.behind_seconds(), reader)
        glance = await questions.glance(complaint_id, reader) if complaint_id is not None else None
        if glance is not None:
            now, left = glance
            read_by(request.scope, reader.subject, reader.roles)  # it says how the case stands: somebody read it
            saw = parse_expectation(head or "")
            moved = saw is not None and not admits(Head(*now["head"]), saw)
            found = replace(
                found,
                moved=f"/console/cases/{complaint_id}" if moved else "",
                spoken=spoken(now, case.next_clock(now, left), reader),
            )
        return pages.page("fresh.html", reader.words, fresh=found, fresh_url=url)

    @router.get("/console/answers/{status}")
    async def answer(request: Request, status: int, code: Short = None) -> Response:
        words = words_of(request)
        return pages.page("answer.html", words, **vars(answer_of(status, code or "", words)))


def _address(path: str, **values: str | None) -> str:
    given: Mapping[str, str] = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}"
