"""What `complaints log` prints of a record: anybody's bytes, on the terminal of whoever mends them."""

from datetime import UTC, datetime
from uuid import UUID

from events.admission import UNNAMED, Expectation, Verdict
from events.envelope import Envelope
from events.fact import Chapter
from events.intake import ComplaintLodged
from local.log_commands import line, written
from runtime.rows import Judged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STREAM = "complaint/11111111-2222-4333-8444-555555555555"
HIDES = b"\x1b[2J\x1b]0;all is well\x07\r\x00\xff\xe2\x80\xae"
"""It clears the screen, renames the window, writes over its own line, and turns the order of reading round."""


def test_a_record_says_nothing_to_the_terminal() -> None:
    """What cannot be read is told by log and screen alike: its text stands there, its control characters do not."""
    told = Envelope(
        event_id=str(UUID(int=1)), source="intake", type=ComplaintLodged.type, chapter=Chapter.INTAKE, stream=STREAM,
        time=NOON, recorded_time=NOON, expects=Expectation(0, UNNAMED, UNNAMED, UNNAMED), auth_id="a\x1bb",
    )  # fmt: skip
    shown = line(Judged(3, 7, 0, Verdict.ADMITTED, STREAM.encode(), HIDES, told))
    followed = written(3, 7, [("ce_type", HIDES), ("ce_subject", None)])
    for text in (shown, followed):
        assert "[2J" in text
        assert all(part.isprintable() for part in text.split("\n"))
    assert shown.splitlines()[0].split()[:2] == ["3.7", "admitted"]
    assert followed.split()[0] == "3.7"
