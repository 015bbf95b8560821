"""`complaints rules` against a running system: published by two people, compared, shown as of then, as known then."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shipped import FOLDER, texts
from whole import System

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
HOLIDAY = '\n[[day]]\ndate = "2026-12-24"\nkind = "holiday"\nwhy = "Christmas Eve, announced late"\n'
ASKED = ("--why", "announced late", "--consulted", "legal", "--consulted", "service")


async def rules(system: System, *words: str) -> tuple[int, str, str]:
    return await system.told("rules", *words)


def changed(folder: Path) -> Path:
    path = folder / "calendar" / "england-wales.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(texts()["calendar/england-wales"] + HOLIDAY, "utf-8")
    return path


async def test_everything_shipped_is_in_force_once_the_system_is_ready(system: System) -> None:
    """All services' rulebooks, through the front door; `rules diff` finds nothing to publish."""
    in_force = {f"{one['kind']}/{one['name']}": one["version"] for one in (await system.get("rulebooks"))["items"]}
    assert {key: in_force.get(key) for key in texts()} == dict.fromkeys(texts(), 1)
    kinds = {key.partition("/")[0] for key in texts()}
    code, out, err = await rules(system, "diff", *(str(FOLDER / kind) for kind in kinds))
    assert (code, out) == (0, ""), err


async def test_a_change_is_published_by_two_people_and_the_past_stays_known(system: System, tmp_path: Path) -> None:
    """L24: in force since ever, and not known before."""
    path, before = changed(tmp_path), datetime.now(UTC)
    code, out, _ = await rules(system, "diff", str(path))
    assert code == 1
    assert '+why = "Christmas Eve, announced late"' in out
    alone = await rules(system, "publish", str(path), *ASKED, "--by", "ann", "--approved-by", "ann")
    assert (alone[0], "name two people" in alone[2]) == (1, True), alone
    since = ("--effective-at", "2026-01-01T00:00Z", "--applies-to-running")
    code, out, err = await rules(system, "publish", str(path), *ASKED, *since, "-o", "json")
    assert code == 0, err
    assert json.loads(out) == [{"rulebook": "calendar/england-wales", "version": 2, "state": "approved"}]
    assert (await rules(system, "publish", str(path), *ASKED, "-o", "json"))[1].count("unchanged") == 1
    code, out, err = await rules(system, "show", "calendar/england-wales", "--as-of", "2026-06-01T00:00Z")
    assert (code, out) == (0, path.read_text("utf-8")), err
    assert "consulted: legal, service" in err
    known = ("--as-of", "2026-06-01T00:00Z", "--known-at", before.isoformat())
    assert (await rules(system, "show", "calendar/england-wales", *known))[1] == texts()["calendar/england-wales"]
    assert (await rules(system, "show", "calendar/england-wales", "--as-of", "2025-06-01T00:00Z"))[1] == (
        texts()["calendar/england-wales"]
    )


async def test_a_draft_that_waits_is_approved_by_publishing_the_same_and_hides_no_other(
    system: System, tmp_path: Path
) -> None:
    """Two people at two commands; whoever has something else to say is told what waits, and what was done before."""
    path = tmp_path / "ladder" / "default.toml"
    path.parent.mkdir()
    text = texts()["ladder/default"]
    path.write_text(text.replace("after_minutes = 60", "after_minutes = 61"), "utf-8")
    drafting = ("publish", str(path), *ASKED, "--draft-only", "--by", "ann", "-o", "json")
    for _ in range(2):
        assert json.loads((await rules(system, *drafting))[1]) == [
            {"rulebook": "ladder/default", "version": 2, "state": "drafted"}
        ]
    assert (await rules(system, "show", "ladder/default"))[1] == text
    own = await rules(system, "publish", str(path), *ASKED, "--by", "li", "--approved-by", "ann")
    assert (own[0], "second-person-needed" in own[2]) == (1, True), own
    other = tmp_path / "other" / "ladder" / "default.toml"
    other.parent.mkdir(parents=True)
    other.write_text(text.replace("after_minutes = 60", "after_minutes = 62"), "utf-8")
    first = tmp_path / "other" / "calendar" / "always.toml"
    first.parent.mkdir()
    first.write_text("# as ever\n" + texts()["calendar/always"], "utf-8")
    code, out, err = await rules(system, "publish", str(tmp_path / "other"), *ASKED, "-o", "json")
    assert (code, [one["rulebook"] for one in json.loads(out)]) == (1, ["calendar/always"])
    assert "draft-open: version 2 by ann waits" in err
    code, out, _ = await rules(system, "publish", str(path), *ASKED, "--by", "li", "--approved-by", "ben", "-o", "json")
    assert json.loads(out) == [{"rulebook": "ladder/default", "version": 2, "state": "approved"}]
    assert (await rules(system, "diff", str(path)))[0] == 0


async def test_a_later_version_is_published_once_and_does_not_hold_before(system: System, tmp_path: Path) -> None:
    """A version is the same where it is in force when it is asked to be."""
    path = tmp_path / "grade" / "grading.toml"
    path.parent.mkdir()
    path.write_text("# from 2090 on\n" + texts()["grade/grading"], "utf-8")
    since = ("--effective-at", "2090-01-01T00:00Z", "-o", "json")
    for state in ("approved", "unchanged"):
        (one,) = json.loads((await rules(system, "publish", str(path), *ASKED, *since))[1])
        assert (one["version"], one["state"]) == (2, state)
    assert (await rules(system, "show", "grade/grading"))[1] == texts()["grade/grading"]
    assert (await rules(system, "show", "grade/grading", "--as-of", "2090-01-02T00:00Z"))[1] == path.read_text("utf-8")


async def test_what_does_not_validate_changes_nothing(system: System, tmp_path: Path) -> None:
    """R142: every fault with its line, and the version in force stays."""
    path = changed(tmp_path)
    path.write_text(
        path.read_text("utf-8").replace('zone = "', 'zone = "Nowhere/').replace("holiday", "hollyday"), "utf-8"
    )
    was = await system.get("rulebooks/calendar/england-wales")
    code, _, err = await rules(system, "publish", str(path), *ASKED)
    assert code == 1
    assert "zone (line " in err
    assert err.count(".kind (line ") == path.read_text("utf-8").count('kind = "hollyday"')
    assert await system.get("rulebooks/calendar/england-wales", as_of=was["as_of"]) == was


async def test_a_name_that_nobody_published_is_said_to_be_none(system: System, tmp_path: Path) -> None:
    """What there is, is named; and no answer has another exit code than one that differs."""
    code, _, err = await rules(system, "show", "calendar/mars")
    assert (code, "there is no rulebook calendar/mars; there are: " in err, "calendar/cn" in err) == (1, True, True)
    path = tmp_path / "calendar" / "mars.toml"
    path.parent.mkdir()
    path.write_text(texts()["calendar/always"].replace('name = "always"', 'name = "mars"'), "utf-8")
    assert (await rules(system, "publish", str(path), *ASKED, "--draft-only"))[0] == 0
    code, _, err = await rules(system, "show", "calendar/mars")
    assert (code, "no version was in force yet; version 1 drafted" in err) == (1, True), err
    assert (await rules(system, "diff", str(path)))[0] == 1
    assert (await rules(system, "diff", str(tmp_path / "nothing")))[0] == 2
    then = ("calendar/cn", "--as-of")
    wrong = [
        ("calendar",),
        (*then, "2026-01-01"),
        (*then, "0001-01-01T00:00+14:00"),
        (*then, "2026-01-01T00:00Z", "--version", "1"),
    ]
    for words in wrong:
        assert (await rules(system, "show", *words))[0] == 2, words
