"""Plays about who holds a case, until when: races, refusals, breaches, the ladder, a crisis."""

from local.demo.live import BREACHED, CRISIS, UNOWNED
from local.demo.stage import Stage, is_ready


async def lost_race(stage: Stage) -> str:
    """Two handlers read the same page and take the case; one of them is told that somebody was faster."""
    case = await stage.lodged("lost-race")
    page = await stage.office.page(case)
    if not page.get("owner"):
        pinned, path = {"if-match": f'"{page["head"]}"'}, f"complaints/{case}/acceptance"
        await stage.office.act("lin", path, {}, key="lost-race/lin", headers=pinned)
        await stage.office.act("marco", path, {}, key="lost-race/marco", headers=pinned, expect=412)
    return case


async def refused_handoff(stage: Stage) -> str:
    """The handler who is asked first turns it down with a reason; the next post takes it. The clocks run on."""
    case = await stage.lodged("refused-handoff")
    refusal = {"reason": "我没有货车维修的资质，转给懂货车的同事更快。"}
    await stage.office.act("marco", f"complaints/{case}/refusal", refusal, key="refused-handoff/refuse")
    await stage.office.until(case, lambda page: page.get("offered_to") or page.get("owner"), "offered to the next post")
    await stage.office.act("lin", f"complaints/{case}/acceptance", {}, key="refused-handoff/accept")
    return case


async def vip(stage: Stage) -> str:
    """Who complains moves the queue, never the finding or the remedy."""
    return await stage.taken("vip", owner="marco")


async def breached(stage: Stage) -> str:
    """Answered hours after the twenty minutes for a net message: the breach stays where it is."""
    case = stage.told[BREACHED]
    await stage.office.until(case, is_ready, "offered to anybody")
    await stage.office.act("marco", f"complaints/{case}/acceptance", {}, key="breached/accept")
    contact = {"channel": "phone", "outcome": "reached", "facts": "confirmed", "agreed": True, "retold": True}
    await stage.office.act("marco", f"complaints/{case}/contacts", contact, key="breached/contact")
    return case


async def unowned_escalated(stage: Stage) -> str:
    """Three days old and taken by nobody: each level of the ladder has its duty all the same."""
    case = stage.told[UNOWNED]
    await stage.office.until(case, lambda page: page.get("level", 0) >= 4, "at the last level of the ladder")
    return case


async def crisis(stage: Stage) -> str:
    """Somebody was hurt and the authorities write: graded a crisis, and the crisis team is called."""
    case = stage.told[CRISIS]
    await stage.office.until(case, is_ready, "offered to anybody")
    await stage.office.act("chen", f"complaints/{case}/acceptance", {}, key="crisis/accept")
    team = {
        "coordinator": "wu",
        "containment": "同批次车辆暂停地下充电，区域经理两小时内到场，车主群由专人答复。",
        "functions": ["legal", "public-relations", "government-affairs"],
        "reason": "有人受伤，主管部门已来函，媒体在场。",
    }
    await stage.office.act("chen", f"complaints/{case}/crisis-team", team, key="crisis/team")
    return case
