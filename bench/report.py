"""A run as tables: for a terminal, and as Markdown between the markers of `docs/performance.md`.

Lives here: what of the JSON is shown, and how. Must not: measure; every figure comes from the JSON.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.aims import Judged, judge
from local.errors import LocalError

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_REBUILDS = {"rebuild": "rebuild", "long-rebuild": "rebuild of a longer log"}
"""The parts that rebuild, and the aim of each."""
_COLOURS = {"met": "green", "missed": "red"}

Run = Mapping[str, Any]
"""The JSON of one run."""


class NoMarkers(LocalError):
    """The document has no place for the figures."""


@dataclass(frozen=True)
class Sheet:
    """One table; the first column names, the others hold figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def sheets(run: Run) -> list[Sheet]:
    """Figures beside their aims, CPU by process, memory by process."""
    found = [Sheet("Speed", ("what", "figure", "aim", ""), list(_figures(run))), _cpu(run["parts"]), _memory(run)]
    return [sheet for sheet in found if sheet.rows]


def machine_line(run: Run) -> str:
    """The machine's size, its versions, and how busy it was before."""
    m = run["machine"]
    return (
        f"{m['cores']} cores ({m['cpu']}), {m['memory_gib']} GiB; {m['system']}, Python {m['python']}, "
        f"Kafka {m['kafka']} on Java {m['java']}, PostgreSQL {m['postgresql']}, aiokafka {m['aiokafka']}, "
        f"asyncpg {m['asyncpg']}. Load average before: {run['load_average_before']}. Run of {run['at']}."
    )


def show(run: Run, console: Console) -> None:
    """All tables on a terminal."""
    console.print(machine_line(run), markup=False)
    for sheet in sheets(run):
        table = Table(title=sheet.title, title_justify="left")
        for number, column in enumerate(sheet.columns):
            table.add_column(column, justify="left" if number == 0 else "right")
        for row in sheet.rows:
            table.add_row(*(_coloured(cell) for cell in row))
        console.print(table)


def write(run: Run, document: Path) -> None:
    """Replace what stands between the markers. Raises NoMarkers."""
    text = document.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise NoMarkers(f"{document} lacks the lines {BEGIN} and {END}")
    document.write_text(f"{head}{BEGIN}\n{markdown(run)}\n{END}{tail}", encoding="utf-8")


def markdown(run: Run) -> str:
    """The same tables as Markdown."""
    blocks = [machine_line(run)]
    for sheet in sheets(run):
        ruler = ["---", *("---:" for _ in sheet.columns[1:])]
        lines = [f"| {' | '.join(cells)} |" for cells in (sheet.columns, ruler, *sheet.rows)]
        blocks += [f"### {sheet.title}", "\n".join(lines)]
    return "\n\n".join(blocks)


def _coloured(cell: str) -> str:
    colour = _COLOURS.get(cell)
    return f"[{colour}]{cell}[/]" if colour else escape(cell)


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 1000 or figure == int(figure) else f"{figure:,.1f}"


# --- figures beside their aims ---------------------------------------------------------------------------------------


def _figures(run: Run) -> Iterator[tuple[str, str, str, str]]:
    parts, aims = run["parts"], judge(run["parts"])
    if "full-way" in parts:
        yield from _full_way(parts["full-way"], aims)
    if "command" in parts:
        yield from _commands(parts["command"], aims)
    for part, name in _REBUILDS.items():
        if part in parts:
            yield from _rebuild(parts[part], name, aims)
    if "tick" in parts:
        yield from _tick(parts["tick"], aims)
    if "clocks" in parts:
        yield from _clocks(parts["clocks"], aims)
    for name, why in run["failed"].items():
        yield f"{name} failed", why, "", "missed"
    for judged in aims:
        if judged.verdict == "not run":
            yield judged.aim.name, "not run", _wanted(judged), ""


def _aimed(aims: Sequence[Judged], name: str) -> tuple[str, str, str, str]:
    judged = next(one for one in aims if one.aim.name == name)
    return name, f"{_number(judged.seen or 0)} {judged.aim.unit}", _wanted(judged), judged.verdict


def _wanted(judged: Judged) -> str:
    return "" if judged.wanted is None else f"{judged.aim.bound} {_number(judged.wanted)}"


def _full_way(part: Run, aims: Sequence[Judged]) -> Iterator[tuple[str, str, str, str]]:
    yield _aimed(aims, "full way")
    of = f"{_number(part['inbound_records'])} inbound, {_number(part['log_records'])} log records"
    yield f"full way: {of}", f"{part['seconds']} s", "", ""
    yield "bare pipe, the same bytes", f"{_number(part['pipe']['records_per_second'])} log records/s", "", ""
    yield "bare pipe / full way", f"{part['ratio']} times", "", ""


def _commands(part: Run, aims: Sequence[Judged]) -> Iterator[tuple[str, str, str, str]]:
    aimed = {judged.aim.name for judged in aims}
    for level in part["ours"]:
        prefix = "command, alone" if level == "1" else f"command, {level} in flight"
        for who, figures in (("", part["ours"][level]), ("peer: ", part["peer"][level])):
            shown = {
                f"{prefix}: p50": f"{_number(figures['latency_ms']['p50'])} ms",
                f"{prefix}: p99": f"{_number(figures['latency_ms']['p99'])} ms",
                prefix: f"{_number(figures['commands_per_second'])} commands/s",
            }
            for name, text in shown.items():
                yield _aimed(aims, name) if name in aimed and not who else (who + name, text, "", "")
            if figures["not_201"]:
                yield f"{who}{prefix}: other answers", str(figures["not_201"]), "none", "missed"
    yield _aimed(aims, "command, 64 in flight, against the peer")
    yield "commands went to", part["asked"], "", ""


def _rebuild(part: Run, aim: str, aims: Sequence[Judged]) -> Iterator[tuple[str, str, str, str]]:
    yield _aimed(aims, aim)
    name = f"{aim}: {_number(part['log_records'])} records of {_number(part['cases'])} cases"
    yield name, f"{part['seconds']} s ({part['seconds_with_start']} s with the start of the process)", "", ""


def _tick(part: Run, aims: Sequence[Judged]) -> Iterator[tuple[str, str, str, str]]:
    yield _aimed(aims, "tick: p99")
    yield "tick: p50", f"{_number(part['lag_ms']['p50'])} ms", "", ""
    waiting = f"{_number(part['running_clocks'])} clocks of {_number(part['open_cases'])} cases"
    yield "tick: running before", waiting, "", ""
    yield "tick: due within one second", _number(part["due_within_one_second"]), "", ""


def _clocks(part: Run, aims: Sequence[Judged]) -> Iterator[tuple[str, str, str, str]]:
    yield _aimed(aims, "due over 60 business days")
    yield "due over 480 business hours", f"{_number(part['due_480_business_hours_us'])} µs", "", ""
    yield "a clock's whole state", f"{_number(part['run_us'])} µs", "", ""
    yield "its proof", f"{_number(part['proof_us'])} µs", "", ""
    yield _aimed(aims, "a calendar of ten years")


# --- where time and memory go ----------------------------------------------------------------------------------------


def _cpu(parts: Run) -> Sheet:
    """CPU microseconds of each process per log record or command."""
    columns: dict[str, tuple[Mapping[str, float], int]] = {}
    if "full-way" in parts:
        part = parts["full-way"]
        columns["full way"] = (part["cpu_seconds"], part["admitted"])
        columns["pipe"] = (part["pipe"]["cpu_seconds"], part["pipe"]["records"])
    if "command" in parts:
        for who, name in (("ours", "command"), ("peer", "peer")):
            for level, figures in parts["command"][who].items():
                columns[f"{name} {level}"] = (figures["cpu_seconds"], figures["commands"])
    columns |= {part: (parts[part]["cpu_seconds"], parts[part]["log_records"]) for part in _REBUILDS if part in parts}
    if "tick" in parts:
        columns["tick, per due"] = (parts["tick"]["cpu_seconds"], parts["tick"]["due_within_one_second"])
    names = list(dict.fromkeys(name for spent, _ in columns.values() for name in spent))
    rows = [
        [
            name,
            *(_number(round(spent[name] * 1e6 / count)) if name in spent else "" for spent, count in columns.values()),
        ]
        for name in names
    ]
    return Sheet("CPU, µs per log record or command", ("process", *columns), rows)


def _memory(run: Run) -> Sheet:
    """PSS and RSS in MiB after each part."""
    moments = run["memory"]
    names = list(dict.fromkeys(name for seen in moments.values() for name in seen))

    def cell(seen: Mapping[str, Mapping[str, float]], name: str) -> str:
        return f"{_number(seen[name]['pss_mib'])} / {_number(seen[name]['rss_mib'])}" if name in seen else ""

    rows = [[name, *(cell(seen, name) for seen in moments.values())] for name in names]
    totals = [_number(sum(one["pss_mib"] for one in seen.values())) for seen in moments.values()]
    return Sheet("Memory, MiB: PSS / RSS", ("process", *moments), [*rows, ["all (PSS)", *totals]])
