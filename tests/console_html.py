"""The console's pages as HTML, from invented views.

Lives here: filling in the templates. Must not: expect anything of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import console_pages as invented
from projections.console import beside, board, case, compared, proof, then, track, worklist
from projections.console.answers import fresh_of
from projections.console.asking import Choice
from projections.console.beside_commands import SET_BUDGET, START
from projections.console.faster import faster
from projections.console.forms import alone, forms
from projections.console.guide import guide
from projections.console.lodging import lodging
from projections.console.questions import Asked
from projections.console.reader import Reader
from projections.console.rendering import Pages
from projections.console.spoken import Spoken
from projections.console.story import tail
from projections.paging import Page
from projections.reckoning import NOW

PAGES = Pages()


def frame(reader: Reader, here: str = "") -> dict[str, Any]:
    return {
        "reader": reader, "role_words": "x", "here": here, "back": "/console/worklist",
        "fresh": replace(fresh_of(48.2, reader), moved="/console/cases/x", spoken=Spoken(invented.EVIL, "hour")),
        "fresh_url": "/console/fresh",
    }  # fmt: skip


def worklist_html(reader: Reader, *cases: dict[str, Any]) -> str:
    groups = worklist.grouped(cases, reader)
    values = {
        "asked": Asked("mine", q=invented.EVIL), "groups": groups, "views": [], "rows_url": "/r?a=1&b=2",
        "next_url": "/n", "announcement": worklist.status_line(groups, reader), "may_lodge": True,
        "grades": [Choice("crisis", "Crisis")], "channels": [], "queues": [Choice(invented.EVIL, invented.EVIL)],
    }  # fmt: skip
    return PAGES.html("worklist.html", reader.words, **frame(reader, "worklist"), **values)


def case_html(reader: Reader, page: dict[str, Any], story: list[dict[str, Any]] | None = None) -> str:
    return PAGES.html(
        "case.html", reader.words, **frame(reader), page=case.shown(page, reader), closed=False,
        then=then.shown(NOW, reader),
        guide=guide(invented.PLAYBOOK, page.get("language"), reader),
        forms=forms(page, reader, invented.DESK), timeline=tail(story or invented.timeline(), reader, "zh", None, 3),
    )  # fmt: skip


def board_html(reader: Reader, figures: Mapping[str, Any] | None = None) -> str:
    shown = board.shown(figures or invented.board(), {"hour": 2, "late-days": 1}, reader, invented.parked())
    beside = compared.shown(invented.board(), invented.deviations(), reader)
    return PAGES.html(
        "board.html", reader.words, **frame(reader, "sla"), source=invented.EVIL, page=shown, compared=beside
    )


def new_html(reader: Reader) -> str:
    form = lodging(reader)
    return PAGES.html("new.html", reader.words, **frame(reader), form=form)


def proof_html(reader: Reader) -> str:
    shown = proof.shown(invented.proof(), invented.CASE_ID, "desk:answer", reader)
    return PAGES.html("proof.html", reader.words, **frame(reader), page=shown)


def faster_html(reader: Reader) -> str:
    found = faster(invented.timeline(), invented.case(), "intake=9,accountability=5", reader)
    return PAGES.html("faster.html", reader.words, found=found)


def track_html(reader: Reader, page: dict[str, Any]) -> str:
    return PAGES.html("track.html", reader.words, page=track.shown(page, reader), problem="", back="/")


def clusters_html(reader: Reader) -> str:
    page = beside.clusters(Page([invented.cluster()], ("k-31",)), reader)
    return PAGES.html("beside.html", reader.words, **frame(reader, "clusters"), page=page, forms=[alone(START, reader)])


def budgets_html(reader: Reader) -> str:
    page = beside.budgets(Page([invented.budget()]), reader)
    return PAGES.html(
        "beside.html", reader.words, **frame(reader, "budgets"), page=page, forms=[alone(SET_BUDGET, reader)]
    )


def cluster_html(reader: Reader) -> str:
    shown = beside.cluster(invented.cluster(), reader)
    return PAGES.html("cluster.html", reader.words, **frame(reader, "clusters"), cluster=shown)
