"""The handoff figures of a real event log come out of the fold exactly, case by case and in sum."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Literal

from events.fact import Origin
from events.intake import SourceReported
from projections.views import handoffs

FIGURES = (
    "events", "team_handoffs", "ping_pongs", "owner_changes", "distinct_owners", "highest_support_line",
    "line_escalations", "line_deescalations", "reopens", "wait_user_seconds", "wait_any_seconds",
)  # fmt: skip


def line_of(team: str) -> Literal[1, 2, 3]:
    return 3 if team.endswith(" 3rd") else 2 if team.endswith(" 2nd") else 1


def reported(row: dict[str, str]) -> SourceReported:
    return SourceReported(
        at=datetime.fromisoformat(row["timestamp"]),
        fact="custody",
        reported=Origin(source="bpi2013", reference=row["case_id"]),
        team=row["support_team"],
        owner=row["owner"],
        line=line_of(row["support_team"]),
        status=row["status"],
        sub_status=row["sub_status"],
        impact=row["impact"],
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def folded(data: Path) -> dict[str, handoffs.Handoffs]:
    cases: dict[str, list[SourceReported]] = defaultdict(list)
    for row in rows_of(data / "bpi2013_closed_problems.csv.gz"):
        cases[row["case_id"]].append(reported(row))
    found: dict[str, handoffs.Handoffs] = {}
    for case_id, facts in cases.items():
        figures: handoffs.Handoffs | None = None
        for fact in sorted(facts, key=lambda each: each.at):
            figures = handoffs.fold(figures, fact, imported=True)
        assert figures is not None
        found[case_id] = figures
    return found


def test_every_case_of_the_published_log(data_folder: Path) -> None:
    """Each of the 1,487 cases has the figures that its replay should arrive at."""
    found = folded(data_folder)
    expected = rows_of(data_folder / "bpi2013_closed_problems_expected.csv.gz")
    assert len(found) == len(expected) == 1487
    for row in expected:
        figures = found[row["case_id"]]
        values: dict[str, object] = dict(figures)
        assert {name: values[name] for name in FIGURES} == {name: int(row[name]) for name in FIGURES}, row["case_id"]
        for name in ("impact", "final_status", "final_sub_status"):
            assert values[name] == row[name]
        for name in ("first_timestamp", "last_timestamp"):
            assert datetime.fromisoformat(str(values[name])) == datetime.fromisoformat(row[name])


def test_the_sums_of_the_published_log(data_folder: Path) -> None:
    found = folded(data_folder).values()
    assert sum(one["team_handoffs"] for one in found) == 655
    assert sum(one["ping_pongs"] for one in found) == 186
    assert sum(one["ping_pongs"] > 0 for one in found) == 107
    assert sum(one["owner_changes"] for one in found) == 1771
    assert sum(one["line_escalations"] for one in found) == 174
    assert sum(one["line_deescalations"] for one in found) == 154
    assert sum(one["reopens"] for one in found) == 81
    assert sum(one["reopens"] > 0 for one in found) == 61
