"""`complaints rules` against a running system: published by two people, compared, shown as of then, as known then."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from shipped import FOLDER, texts
from whole import COMPLAINTS, System, whole_system

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOLIDAY = '\n[[day]]\ndate = "2026-12-24"\nkind = "holiday"\nwhy = "Christmas Eve, announced late"\n'
ASKED = ("--why", "announced late", "--consulted", "legal", "--consulted", "service")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with whole_system(tmp_path_factory.mktemp("rules")) as running:
        yield running


async def rules(system: System, *words: str) -> tuple[int, str, str]:
    command = [str(COMPLAINTS), "rules", *words, "--data", str(system.stack.data.root)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def changed(folder: Path) -> Path:
    path = folder / "calendar" / "england-wales.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(texts()["calendar/england-wales"] + HOLIDAY, "utf-8")
    return path


async def test_everything_shipped_is_in_force_once_the_system_is_ready(system: System) -> None:
    """All services' rulebooks, through the front door; `rules diff` finds nothing to publish."""
    items = (await system.get("rulebooks"))["items"]
    assert {f"{one['kind']}/{one['name']}": one["version"] for one in items} == dict.fromkeys(texts(), 1)
    kinds = {key.partition("/")[0] for key in texts()}
    code, out, err = await rules(system, "diff", *(str(FOLDER / kind) for kind in kinds))
    assert (code, out) == (0, ""), err


async def test_a_change_is_published_by_two_people_and_the_past_stays_known(system: System, tmp_path: Path) -> None:
    """L24: in force since ever, and not known before."""
    path, before = changed(tmp_path), datetime.now(UTC)
    code, out, _ = await rules(system, "diff", str(path))
    assert code == 1
    assert '+why = "Christmas Eve, announced late"' in out
    refused = await rules(system, "publish", str(path), *ASKED, "--by", "ann", "--approved-by", "ann", "-o", "json")
    assert refused[0] == 1
    assert "second-person-needed" in refused[2]
    answer = await system.api.post(
        "/v1/rulebooks/calendar/england-wales/refusal", json={"version": 2, "why": "start anew"},
        headers={"Idempotency-Key": "0123456789-refusal"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    since = ("--effective-at", "2026-01-01T00:00Z", "--applies-to-running")
    code, out, err = await rules(system, "publish", str(path), *ASKED, *since, "-o", "json")
    assert code == 0, err
    assert json.loads(out) == [{"rulebook": "calendar/england-wales", "version": 3, "state": "approved"}]
    assert (await rules(system, "publish", str(path), *ASKED, "-o", "json"))[1].count("unchanged") == 1
    code, out, err = await rules(system, "show", "calendar/england-wales", "--as-of", "2026-06-01T00:00Z")
    assert (code, out) == (0, path.read_text("utf-8")), err
    assert "consulted: legal, service" in err
    known = ("--as-of", "2026-06-01T00:00Z", "--known-at", before.isoformat())
    assert (await rules(system, "show", "calendar/england-wales", *known))[1] == texts()["calendar/england-wales"]
    assert (await rules(system, "show", "calendar/england-wales", "--as-of", "2025-06-01T00:00Z"))[1] == (
        texts()["calendar/england-wales"]
    )


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


async def test_a_name_that_nobody_published_is_said_to_be_none(system: System) -> None:
    code, _, err = await rules(system, "show", "calendar/mars")
    assert code == 1
    assert "nothing of that name" in err
