"""The SLA board as it is shown: five figures, time to breach, weeks, classes and clocks, and what breaks next.

Pure: the answer of the views' board becomes bars and words. Figures carry denominators; under ten judged, a fraction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args
from zoneinfo import ZoneInfo

from events.triage import GRADES
from projections.console.asking import Choice
from projections.console.clocks import Due, due_of, name_of
from projections.console.reader import Reader, short_id
from projections.console.words import Words
from projections.queries import By

Board = Mapping[str, Any]
BAR = 240.0
_GAP = 1.0
_PARTS = ("met", "late", "at_risk", "paused", "unjudged", "on_track")
CHART_HEIGHT, CHART_BASE, SLOT = 112.0, 150.0, 58.0
BUCKETS = ("late-days", "late-hours", "hour", "two-hours", "four-hours", "day", "two-days", "four-days", "more")
"""Open clocks by time to breach; the first two are past due."""


@dataclass(frozen=True)
class Piece:
    """One piece of a stacked bar."""

    fill: str
    x: float
    width: float


@dataclass(frozen=True)
class Figures:
    """One row: a name, a bar, the counts."""

    name: str
    bars: int
    pieces: Sequence[Piece]
    counts: Sequence[int]
    all: int
    share: str
    unconfirmed: bool = False
    """Limits that nobody has confirmed are among these: they are no law."""


@dataclass(frozen=True)
class Column:
    """One column of a chart."""

    x: float
    y: float
    height: float
    count: int
    word: str
    fill: str


@dataclass(frozen=True)
class Point:
    """One week in the chart of shares."""

    x: float
    y: float
    label: str
    share: str


@dataclass(frozen=True)
class Next:
    """One clock that runs out soon."""

    id: str
    short: str
    due: Due
    clock: str
    about: str
    holder: str
    owned: bool


@dataclass(frozen=True)
class Waiting:
    """One stream that waits for repair. `id` is empty where it is no complaint."""

    id: str
    name: str
    service: str
    since: str
    until: str
    overdue: bool


@dataclass(frozen=True)
class BoardPage:
    """The whole board in words."""

    total: Mapping[str, int]
    met_sub: str
    late_sub: str
    footer: str
    status: str
    columns: Sequence[Column]
    columns_said: str
    points: Sequence[Point]
    points_said: str
    by: str
    """What the classes are; and what they may be."""
    by_what: Sequence[Choice]
    classes: Sequence[Figures]
    clocks: Sequence[Figures]
    sum: Figures
    next: Sequence[Next]
    waiting: Sequence[Waiting]


def shown(
    board: Board, buckets: Mapping[str, int], reader: Reader, waiting: Sequence[Mapping[str, Any]] = ()
) -> BoardPage:
    """The board for this reader. `waiting`: what waits for repair, the longest first."""
    words, counts = reader.words, _counts(board)
    named = dict(zip(_PARTS, counts, strict=True))
    columns, points = _columns(buckets, reader), _points(board["weeks"], reader)
    return BoardPage(
        total=named,
        met_sub=_of_judged(board, reader),
        late_sub=words.t("board.late_sub", open=board["open_past_due"], answered=board["late"]),
        footer=words.n(
            "board.footer", board["cases"],
            without=f"{board['no_deadline'] + board['stopped']:,}", withdrawn=f"{board['withdrawn']:,}",
            screened=f"{board['screened_out']:,}",
        ),
        status=words.n("board.status", board["cases"], **{name: f"{count:,}" for name, count in named.items()}),
        columns=columns,
        columns_said=words.t("board.columns_said", figures=_listed(((c.word, c.count) for c in columns), words)),
        points=points,
        points_said=words.t("board.points_said", figures=_listed(((p.label, p.share) for p in points), words)),
        by=board["by"],
        by_what=[Choice(one, words.of("by", one)) for one in get_args(By)],
        classes=[_class(row, board["by"], reader) for row in board["classes"]],
        clocks=[_figures(name_of(row["clock"], reader), 0, row, row["clocks"], reader) for row in board["clocks"]],
        sum=_figures(words.t("board.all"), 0, board, board["cases"], reader),
        next=[_next(row, reader) for row in board["next"]],
        waiting=[_waiting(one, reader) for one in waiting],
    )  # fmt: skip


def _counts(row: Mapping[str, Any]) -> tuple[int, ...]:
    late = row["late"] + row["open_past_due"]
    return row["met"], late, row["at_risk"], row["paused"], row.get("unjudged", 0), row["running"]


def _listed(figures: Iterable[tuple[str, object]], words: Words) -> str:
    return words.t("page.and").join(f"{word} {figure}" for word, figure in figures)


def _of_judged(row: Mapping[str, Any], reader: Reader) -> str:
    if row["met_percent"] is None:
        return reader.words.t("board.few_judged", met=row["met"], judged=row["judged"])
    share = reader.percent(row["met_percent"])
    return reader.words.t("board.met_sub", share=share, judged=f"{row['judged']:,}")


def _class(row: Mapping[str, Any], by: str, reader: Reader) -> Figures:
    name = row["class"]
    if name is None:
        return _figures(
            reader.words.t("board.unclassed" if by == "grade" else "board.unsaid"), 0, row, row["cases"], reader
        )
    bars = GRADES.index(name) + 1 if by == "grade" and name in GRADES else 0
    return _figures(reader.words.of(by, name), bars, row, row["cases"], reader)


def _share(row: Mapping[str, Any], reader: Reader) -> str:
    if not row["judged"]:
        return "–"
    if row["met_percent"] is None:
        return reader.words.t("board.fraction", met=row["met"], judged=row["judged"])
    return reader.percent(row["met_percent"])


def _figures(name: str, bars: int, row: Mapping[str, Any], everything: int, reader: Reader) -> Figures:
    counts = _counts(row)
    whole = sum(counts)
    unconfirmed = bool(row.get("unconfirmed"))
    return Figures(name, bars, _pieces(counts, whole), counts, everything, _share(row, reader), unconfirmed)


def _pieces(counts: Sequence[int], whole: int) -> list[Piece]:
    """Widths by share, a gap between two, and never so thin that a piece is not seen."""
    shown_parts = [(part, count) for part, count in zip(_PARTS, counts, strict=True) if count]
    room = BAR - _GAP * max(len(shown_parts) - 1, 0)
    widths = [max(room * count / whole, 1.5) for _, count in shown_parts]
    scale = room / sum(widths) if widths else 1.0
    pieces, x = [], 0.0
    for (part, _), width in zip(shown_parts, widths, strict=True):
        pieces.append(Piece(part, round(x, 1), round(width * scale, 1)))
        x += width * scale + _GAP
    return pieces


def _columns(buckets: Mapping[str, int], reader: Reader) -> list[Column]:
    top = max([*buckets.values(), 1])
    found = []
    for index, name in enumerate(BUCKETS):
        count = buckets.get(name, 0)
        height = round(CHART_HEIGHT * count / top, 1)
        fill = "late" if index < 2 else "risk" if index < 4 else "track"
        x = 34.0 + SLOT * index + (10 if index > 1 else 0)
        found.append(Column(x, CHART_BASE - height, height, count, reader.words.t(f"bucket.{name}"), fill))
    return found


def _points(weeks: Sequence[Mapping[str, Any]], reader: Reader) -> list[Point]:
    """Oldest first; only weeks with something judged, each by the day in UTC that it began. The scale is 0 to 100."""
    in_utc = replace(reader, zone=ZoneInfo("UTC"))
    judged = [week for week in reversed(weeks) if week["judged"]]
    step = 473.0 / max(len(judged) - 1, 1)
    return [
        Point(
            round(40 + step * index, 1),
            round(CHART_BASE - 1.2 * 100 * week["met"] / week["judged"], 1),
            in_utc.day(week["week"]),
            reader.words.t("board.fraction", met=week["met"], judged=week["judged"]),
        )
        for index, week in enumerate(judged)
    ]


def _next(row: Mapping[str, Any], reader: Reader) -> Next:
    words, owner, offered = reader.words, row["owner"], row["offered_to"]
    if owner:
        holder = words.t("case.you") if owner == reader.subject else owner
    elif offered:
        holder = words.t("case.offered_to", who=words.of("post", offered))
    else:
        holder = words.t("case.nobody")
    about = " · ".join(filter(None, (row["product"], words.of("grade", row["grade"]) if row["grade"] else "")))
    clock = {**row, "started": row["due"]}
    due = due_of(clock, reader)
    named = words.t("board.clock_by", clock=name_of(row["clock"], reader), policy=row["policy"])
    return Next(row["complaint_id"], short_id(row["complaint_id"]), due, named, about, holder, bool(owner))


def _waiting(one: Mapping[str, Any], reader: Reader) -> Waiting:
    case_id = one["complaint_id"] or ""
    name = short_id(case_id) if case_id else one["stream"]
    since, until = reader.moment(one["since"]), reader.moment(one["mend_until"])
    return Waiting(case_id, name, reader.words.of("service", one["service"]), since, until, one["overdue"])
