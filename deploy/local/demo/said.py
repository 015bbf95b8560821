"""Plays about what was said and what it is: amended, withdrawn, corrected by a person, one cause for many."""

from local.demo.live import CLUSTER
from local.demo.stage import Stage
from local.demo.voices import told_case


async def amended(stage: Stage) -> str:
    """A wrong date is put right: what stood there before stays readable."""
    case = await stage.taken("amended", who="app-user")
    text = told_case("amended")["text"].replace("on the 3rd", "on the 13th")
    change = {"field": "text", "after": text, "reason": "The customer corrected the date on the phone."}
    await stage.office.act("lin", f"complaints/{case}/amendments", change, key="amended/amend")
    return case


async def withdrawn(stage: Stage) -> str:
    """The complainant takes it back; it is counted and is no success."""
    answer = await stage.office.act("app-user", "complaints", told_case("withdrawn"), key="withdrawn")
    case = answer["complaint_id"]
    body = {"reason": "门店已经当面道歉，不想再追究了。"}
    code = {"tracking-code": answer["tracking_code"]}
    await stage.office.act("app-user", f"complaints/{case}/withdrawal", body, key="withdrawn/withdraw", headers=code)
    return case


async def regraded(stage: Stage) -> str:
    """A person sees what no rule can: the category and the grade are corrected, with reasons."""
    name, act = "regraded", stage.office.act
    case = await stage.taken(name, who="app-user")
    category = {"category": "product/safety", "dispute": "product", "reason": "A child seat anchor is a safety part."}
    await act("lin", f"complaints/{case}/classification", category, key=f"{name}/classify")
    grade = {"grade": "crisis", "reason": "It may concern the whole batch.", "severity": 4, "urgency": 3}
    await act("chen", f"complaints/{case}/grade", grade, key=f"{name}/grade")
    return case


async def cluster(stage: Stage) -> str:
    """Five people, one cause: a cluster names its members with the evidence for each."""
    act = stage.office.act
    proposal = {
        "title": "Charging stops at 80 % after the update",
        "reason": "Same symptom, same software, five people within an hour.",
    }
    made = await act("chen", "clusters", proposal, key="cluster/propose")
    for reference in CLUSTER:
        case = stage.told[reference]
        await stage.office.until(case, lambda page: page.get("grade"), "graded")  # a member is what triage knows of
        member = {"complaint_id": case, "evidence": "Symptom and software version agree.", "confidence_percent": 85}
        await act("lin", f"clusters/{made['cluster_id']}/members", member, key=f"cluster/{reference}")
    return stage.told[CLUSTER[0]]
