"""The commands by which it is found who answers for a case: asking for somebody's side, giving it, the finding.

Plain data. Must not: judge one (accountability does).
"""

from typing import get_args

from events.accountability import FindingMade, Measure, ReplyAsked, ReplyGiven, Responsible
from events.roles import JUDGING, REPLYING
from projections.console.asking import Ask, Command, always, choice, optional

JUDGING_IT: tuple[Command, ...] = (
    Command("ask-reply", "replies/asked", JUDGING, ReplyAsked, "send", (optional("of"),), always),
    Command("reply", "replies", REPLYING, ReplyGiven, "message", (Ask("text", "text", label="own_side"),), always),
    Command(
        "find", "finding", JUDGING, FindingMade, "shield",
        (
            choice("responsible", "responsible", get_args(Responsible)),
            optional("person"),
            choice("measure", "measure", get_args(Measure), value="none"),
            Ask("reasons", "text"),
        ),
        when=lambda case: bool(case.get("decision") or case["status"] == "closed"),
    ),
)  # fmt: skip
