"""Filling a proof: the time of a clock cut into segments, each with the rule or event behind it.

Lives here: the proof of an account, and segments of time (`days` has those of days). Must not: find a due time of its
own: it shows what `counting` found, and the tests add it up again.
"""

from collections.abc import Iterator
from datetime import timedelta

from clocks.account import Account
from clocks.days import by_days, pauses_of_days
from clocks.doubt import why_provisional
from clocks.open_time import open_time
from clocks.proof import End, Proof, Segment
from clocks.stretches import held, outside, segment, stretches
from clocks.wall import moment
from clocks.words import conventions, counts, known, notes, source


def proof_of(account: Account) -> Proof:
    """The proof of an account."""
    policy, spec = account.policy, account.calendar.spec
    of_days = account.due is not None and policy.in_days
    asked = account.waits or (account.due is None and account.ended is None)
    return Proof(
        policy=policy.name,
        calendar=spec.name,
        zone=spec.zone,
        known=known(spec),
        counts=counts(account),
        conventions=conventions(policy),
        source=source(policy),
        started=moment(account.started),
        started_by=account.history.started.event,
        due=None if account.due is None else moment(account.due),
        provisional=why_provisional(account),
        as_of=moment(account.until) if asked else None,
        ended=_end(account),
        notes=notes(account),
        pauses=tuple(pauses_of_days(account)) if of_days else (),
        segments=tuple(by_days(account) if of_days else by_time(account)),
    )


def _end(account: Account) -> End | None:
    ended, count = account.ended, account.count
    if ended is None:
        return None
    return End(
        at=moment(account.until),
        event=ended.event,
        how=ended.how,
        in_time=account.due is None or account.until <= account.due,
        counted=timedelta(microseconds=count.passed(account.until, account.pauses)),
        paused=timedelta(microseconds=count.out(account.pauses, account.until)),
    )


def by_time(account: Account) -> Iterator[Segment]:
    """Segments of time until the due time, or the end of what is measured only."""
    yield from outside(account)
    begin, end = account.count.begin, account.end
    pauses = held(account, end)
    if account.policy.in_business_time:
        yield from open_time(account.calendar, begin, end, pauses)
    else:
        for since, until, hold in stretches(begin, end, pauses):
            if hold:
                yield segment(since, until, "paused", f"paused: {hold.reason}", time=until - since, hold=hold)
            else:
                yield segment(since, until, "counted", "every hour counts", time=until - since)
