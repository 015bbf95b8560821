"""Boston's table of service policies as the text of the pack `boston-311`: a row a request type, with unit and amount.

Lives here: reading the table, and the city's way of counting, once. `rules/pack/boston-311.toml` is what `pack_text`
makes of the published table. Must not: publish anything.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clocks import Budget
from clocks.policy import Unit
from local.importing.table import BadCell, Row, Unreadable, load, parsed, require

PACK = "boston-311"
COLUMNS = ("type", "unit", "amount")
UNITS: dict[str, Unit] = {"business_days": "business-days", "calendar_days": "calendar-days"}
SHOWN_MAX = 20

_HEAD = """\
# Boston's service deadlines by request type. Made from the city's own records: keep it as it is, publish another table
# with `complaints import boston311 --clocks policy --policies TABLE`.
name = "boston-311"
title = "Boston 311: deadlines by request type"
source = {source}
calendar = "boston-weekdays"
on_request = true
"""
_CONVENTIONS: dict[Unit, str] = {
    "business-days": 'closed_start = "rolls"\ncutoff = "17:00"\nafter_cutoff = "08:30"\n',
    "calendar-days": "",
}
"""From Saturday or Sunday to Monday, the same time of day; after 17:00 to the next weekday at 08:30; then so many
weekdays. Calendar days simply go by. Both end at the same time of day."""
_REST = """\
met_by = ["closed", "closed-withdrawn"]
stopped_by = ["screened-out"]
source = "derived from the city's records"
standing = "S"
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """One row, read."""

    category: str
    budget: Budget

    @property
    def policy(self) -> str:
        """Types with the same limit share a policy."""
        return f"{self.budget.unit}-{self.budget.amount}"


def parse(row: Row) -> Limit:
    """The limit in a row; raises BadCell."""
    unit, amount = row.need("unit"), row.need("amount")
    if unit not in UNITS:
        raise row.bad("unit", f"is none of: {', '.join(UNITS)}")
    if not (amount.isascii() and amount.isdigit()):
        raise row.bad("amount", "is no whole number")
    try:
        return Limit(row.need("type"), Budget(amount=int(amount), unit=UNITS[unit]))
    except ValueError:
        raise row.bad("amount", "is no sensible number of days") from None


def limits_of(path: Path) -> list[Limit]:
    """The limits in a table of policies. Raises Unreadable, naming each row and column that is wrong."""
    table = load(path)
    require(COLUMNS, table.columns)
    bad: list[BadCell] = list(table.bad)
    limits = list(parsed(table.rows, parse, column="type", key=lambda limit: limit.category, bad=bad))
    if bad:
        more = f"\nand {len(bad) - SHOWN_MAX} more" if len(bad) > SHOWN_MAX else ""
        shown = "".join(f"\n{cell}" for cell in sorted(bad, key=lambda cell: cell.row)[:SHOWN_MAX])
        raise Unreadable(f"{path.name}: {len(bad)} rows are no policies, nothing was published:{shown}{more}")
    if not limits:
        raise Unreadable(f"{path.name}: the table has a header and no rows")
    return limits


def pack_text(limits: Sequence[Limit], table: str) -> str:
    """The pack in TOML: a policy for each limit, shortest first, and the request types. `table`: its file's name."""
    head = _HEAD.format(source=_quoted(f"{len(limits)} request types with unit and amount: {table}"))
    budgets = {limit.policy: limit.budget for limit in limits}
    ordered = sorted(budgets.items(), key=lambda entry: (entry[1].unit, entry[1].amount))
    policies = "".join(_policy(name, budget) for name, budget in ordered)
    types = "".join(f"{_quoted(limit.category)} = {_quoted(limit.policy)}\n" for limit in limits)
    return f"{head}{policies}\n[by_category]\n{types}"


def _policy(name: str, budget: Budget) -> str:
    return (
        f'\n[[policy]]\nname = "{name}"\nbudget = {{ amount = {budget.amount}, unit = "{budget.unit}" }}\n'
        f"{_CONVENTIONS[budget.unit]}{_REST}"
    )


def _quoted(text: str) -> str:
    """A JSON string is a TOML one, where nothing but ASCII controls is escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
