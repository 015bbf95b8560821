"""Why a due time is provisional: it leans on days that the calendar does not know, or that nobody has confirmed.

Must not: count.
"""

from clocks.account import Account
from clocks.policy import Policy


def why_provisional(account: Account) -> tuple[str, ...]:
    """The reasons, in order; none where the policy does not ask which days are open."""
    if not leans_on_days(account.policy):
        return ()
    calendar = account.calendar
    spec = calendar.spec
    first = calendar.wall(account.started)[0]
    last = calendar.wall(account.end)[0]
    found = []
    if first < spec.first.toordinal():
        found.append(f"calendar {spec.name} knows nothing before {spec.first}")
    if spec.last is not None and last > spec.last.toordinal():
        found.append(f"calendar {spec.name} knows nothing after {spec.last}")
    for rule in calendar.unconfirmed(first, last):
        days = rule.date or f"{rule.since} to {rule.to}"
        found.append(f"not confirmed: {days} {rule.why}")
    return tuple(found)


def leans_on_days(policy: Policy) -> bool:
    """Whether it matters to the policy which days are open, and when."""
    return (
        policy.in_business_time
        or policy.closed_start == "rolls"
        or policy.cutoff is not None
        or policy.closed_end == "rolls"
        or policy.end_at == "close-of-business"
    )
