"""What the complainant sees of a case: how far it is, who holds it, what comes next. Pure.

Must not: grade, internal names beyond the holder, any judgement of the person (console, section Security).
"""

from dataclasses import asdict
from typing import Any

from events.envelope import format_time
from intake.decider.state import Case


def progress(case: Case, *, key_gone: bool = False) -> dict[str, Any]:
    """The content of the tracking answer; times in UTC. `key_gone`: the case's data key was destroyed, here or with
    another case of this person.
    """
    due = None if case.stage in ("answered", "closed") else case.resolution_due
    return {
        "status": case.stage,
        "lodged_at": format_time(case.lodged_at),
        "withdrawn_at": format_time(case.withdrawn_at) if case.withdrawn_at else None,
        "erased_at": format_time(case.erased_at) if case.erased_at else None,
        "words_erased": key_gone or case.erased_at is not None,
        "holder": case.holder,
        "next_due": format_time(due) if due else None,
        "provisional": due is not None and case.resolution_provisional,
        "standing": case.resolution_standing if due is not None else None,
        "contact_preferences": {name: one for name, one in asdict(case.preferences).items() if one is not None},
        "messages": [format_time(at) for at in case.messages],
    }
