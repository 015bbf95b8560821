"""What leaves on `complaints.outbound`: by whom it is wanted, and nothing personal in clear."""

from datetime import UTC, datetime

import orjson

from events.triage import OpportunityHandedOn, OpportunityTakenBack
from intake.outbound import outbound
from told import Log

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STREAM = "complaint/00000000-0000-5000-8000-000000000003"


def test_a_sales_opportunity_leaves_for_sales_with_the_case_and_what_it_is_about() -> None:
    """R09: once; where it was refused by the log nobody is told."""
    log, found = Log(), OpportunityHandedOn(at=NOON, to="sales", category="sales/pumps", product="pump", by="rule")
    ((_, (key, value, _, headers)),) = outbound([*log.tell(STREAM, found), log.refuse(STREAM, found)]).items()
    assert (key, orjson.loads(value or b"")) == (
        STREAM.encode(), {"to": "sales", "category": "sales/pumps", "product": "pump"},
    )  # fmt: skip
    assert {("ce_type", b"opportunity.found.v1"), ("ce_subject", STREAM.encode())} <= set(headers)


def test_sales_is_told_that_an_opportunity_is_none_any_more() -> None:
    """R09: of which case, and nothing else."""
    log, gone = Log(), OpportunityTakenBack(at=NOON, to="sales", by="rule")
    ((_, (key, value, _, headers)),) = outbound([*log.tell(STREAM, gone), log.refuse(STREAM, gone)]).items()
    assert (key, orjson.loads(value or b"")) == (STREAM.encode(), {"to": "sales"})
    assert {("ce_type", b"opportunity.gone.v1"), ("ce_subject", STREAM.encode())} <= set(headers)
