"""How long records gather before a reader goes on: the busier the log, the larger the batches, the cheaper a record.

A batch asks and writes a stream once, however many of its records are about it. Nobody is made to wait by this: who
waits for a verdict or a position ends it (`Waits.linger`). Pure.
"""

LINGER_SECONDS_MIN = 0.02
LINGER_SECONDS_MAX = 0.5
"""At least, and unless a service says less at most."""
LINGER_SECONDS_PER_RECORD = 0.004
"""Between these, for each record of the last batch."""


def linger_seconds(*, records: int, behind: int, batch_records: int, seconds_max: float, until_due: float) -> float:
    """How long more may gather after a batch of so many `records`.

    Not at all where a whole batch is at hand already (`behind` records, of `batch_records` in one). A few that came
    while the last batch was folded are no such haste: under load some always have, and small batches would follow each
    other the faster the more there is to do. `until_due`: seconds until the next look for what is due (L13).
    """
    if behind >= batch_records:
        return 0.0
    return min(max(LINGER_SECONDS_MIN, LINGER_SECONDS_PER_RECORD * records), seconds_max, max(until_due, 0.0))
