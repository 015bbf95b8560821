"""What stands beside cases, as it is shown: clusters with their cases, budgets with what is left of each.

Pure: pages of the views become words. Must not: a query, or a form (that is `forms`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from projections.console.reader import Reader, short_id
from projections.paging import Page

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """One case of a cluster, or one that was taken out again."""

    id: str
    short: str
    about: str
    why: str


@dataclass(frozen=True)
class Cluster:
    """One cluster."""

    title: str
    why: str
    by: str
    members: Sequence[Member]
    removed: Sequence[Member]


@dataclass(frozen=True)
class Row:
    """One line of a list; `href` is empty where it has no page of its own."""

    name: str
    href: str
    sub: str
    figures: Sequence[str]


@dataclass(frozen=True)
class Listed:
    """A list. `more`: where it goes on."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    count: str
    none: str
    more: str


def cluster(found: Plain, reader: Reader) -> Cluster:
    """One cluster in words."""
    proposed = found.get("proposed", {})
    by = reader.words.t("cluster.by", by=proposed["by"], at=reader.moment(proposed["at"])) if proposed else ""
    members = [_member(name, one, one["evidence"], "cluster.joined", reader) for name, one in found["members"].items()]
    removed = [_member(name, one, one["reason"], "cluster.left", reader) for name, one in found["removed"].items()]
    return Cluster(found.get("title", found["id"]), proposed.get("reason", ""), by, members, removed)


def _member(name: str, one: Plain, why: str, key: str, reader: Reader) -> Member:
    sure = one.get("confidence_percent", "")
    return Member(name, short_id(name), reader.words.t(key, by=one["by"], at=reader.moment(one["at"]), sure=sure), why)


def clusters(page: Page, reader: Reader) -> Listed:
    """The list of clusters."""
    rows = [
        Row(one.title, f"/console/clusters/{found['id']}", one.by, [f"{len(one.members):,}"])
        for found in page.items
        for one in [cluster(found, reader)]
    ]
    return _listed("clusters", ("cluster", "cases"), rows, page, reader)


def budgets(page: Page, reader: Reader) -> Listed:
    """The list of budgets."""
    return _listed("budgets", ("budget", "amount", "reserved", "left"), list(_budgets(page, reader)), page, reader)


def _budgets(page: Page, reader: Reader) -> Iterator[Row]:
    for one in page.items:
        figures = [
            reader.money(one[name], one["currency"]) if name in one and "currency" in one else "–"
            for name in ("amount_minor", "reserved_minor", "left_minor")
        ]
        yield Row(one["id"], "", reader.words.n("beside.reserved", len(one["reservations"])), figures)


def _listed(name: str, columns: Sequence[str], rows: Sequence[Row], page: Page, reader: Reader) -> Listed:
    words = reader.words
    return Listed(
        title=words.t(f"nav.{name}"),
        columns=[words.of("beside_column", one) for one in columns],
        rows=rows,
        count=words.n(f"beside.{name}", len(rows)),
        none=words.t(f"beside.no_{name}"),
        more="?" + urlencode({"after": page.last[0]}) if page.last is not None else "",
    )
