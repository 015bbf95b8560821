"""The city's deadlines come out of the shipped pack `boston-311`, request by request; no system is needed for that."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clocks import due
from local.importing import boston311, policies
from local.importing.table import Unreadable, load
from rulebooks.forms import pack_of
from shipped import calendar, edition

FILE, TABLE = "boston311_2011q3.csv.gz", "boston311_sla_policies_2011q3.csv"
CLOSE = timedelta(minutes=5)


def pairs(data_folder: Path) -> Iterator[tuple[str, datetime, datetime, datetime | None]]:
    """Of every deadline of the city: request type, opening, the city's deadline, ours."""
    pack = pack_of(edition("pack", policies.PACK))
    weekdays = calendar(pack.calendar)
    for row in load(data_folder / FILE).rows:
        request = boston311.parse(row)
        if request.due is None:
            continue
        policy = pack.named(pack.by_category.get(request.category or "", ""))
        ours = None if policy is None else due(request.opened, policy, weekdays)
        yield request.category or "", request.opened, request.due, ours


def test_the_shipped_pack_is_the_published_table(data_folder: Path) -> None:
    """All 70 request types, with the city's conventions written down once."""
    limits = policies.limits_of(data_folder / TABLE)
    assert len(limits) == 70
    assert policies.pack_text(limits, TABLE) == edition("pack", policies.PACK).text


def test_the_pack_gives_the_citys_deadlines(data_folder: Path) -> None:
    """At least 99.2 % to within five minutes, those beyond a change of the clocks among them."""
    found = list(pairs(data_folder))
    compared = [(opened, stated, ours) for _, opened, stated, ours in found if ours is not None]
    near = [abs(ours - stated) <= CLOSE for _, stated, ours in compared]
    assert (len(compared), sum(near)) == (26_520, 26_360)
    assert sum(near) >= 0.992 * len(near)

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(boston311.ZONE).utcoffset()

    beyond = [abs(ours - stated) <= CLOSE for opened, stated, ours in compared if offset(opened) != offset(stated)]
    assert (len(beyond), sum(beyond)) == (2_905, 2_875)
    without = Counter(category for category, _, _, ours in found if ours is None)
    assert (sum(without.values()), len(without)) == (295, 43)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Potholes,business_days,2,x", "x"),
        ("Potholes,fortnights,2", "unit"),
        ("Potholes,business_days,soon", "amount"),
        ("Potholes,business_days,0", "amount"),
        (",business_days,1", "type"),
        ("Rats,calendar_days,3", "type"),
    ],
)
def test_a_table_that_is_not_sound_names_its_row_and_column(tmp_path: Path, line: str, column: str) -> None:
    """R142: nothing of such a table is published."""
    path = tmp_path / "table.csv"
    path.write_text(f"type,unit,amount\nRats,calendar_days,2\n{line}\n")
    with pytest.raises(Unreadable, match=rf"row 3, column {column if column != 'x' else 'amount'}"):
        policies.limits_of(path)
