"""What the complainant sees of a case: how far it is, who holds it, what comes next. Pure.

Must not: grade, internal names beyond the holder, any judgement of the person (console, section Security).
"""

from typing import Any

from events.envelope import format_time
from intake.decider.state import Case


def progress(case: Case) -> dict[str, Any]:
    """The content of the tracking answer; times in UTC."""
    done = case.stage in ("answered", "closed")
    return {
        "status": case.stage,
        "lodged_at": format_time(case.lodged_at),
        "withdrawn_at": format_time(case.withdrawn_at) if case.withdrawn_at else None,
        "holder": case.holder,
        "next_due": format_time(case.resolution_due) if case.resolution_due and not done else None,
        "messages": [format_time(at) for at in case.messages],
    }
