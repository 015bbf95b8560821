"""What the law says of one record, and how it moves one row (L3, L7, L16, L21, L22)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

import toy
from events.admission import LAW, Expectation, Head, Verdict
from events.codec import encode
from events.envelope import Envelope, write_headers
from events.escalation import ClockBreached
from events.fact import Chapter, Fact, chapter_of
from events.intake import ComplaintLodged, MotiveRecorded
from events.partition import partition_of
from events.upcasters import Upcaster
from runtime.judging import (
    ALLOWED_BY_AN_ACT,
    EVERYTHING,
    MACHINE,
    Reading,
    fingerprint,
    fold,
    judge,
    running_hash,
    verdicts,
)
from runtime.proposals import MACHINE_FACTS_MAX
from runtime.rows import Judged, LogBroken, Row

PARTITIONS = 4
EMPTY = Head()
STREAM = "complaint/1"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LODGED = ComplaintLodged(at=NOON, channel="app")
POISON = MotiveRecorded(at=NOON, motive="venting", by="poison")
MOTIVE = MotiveRecorded(at=NOON, motive="venting", by="alice")
TOY = Reading.of(Chapter.INTAKE, toy.SAYS.reads)


@dataclass(frozen=True)
class Record:
    headers: list[tuple[str, bytes]]
    value: bytes | None
    key: bytes | None = STREAM.encode()
    partition: int = partition_of(STREAM.encode(), PARTITIONS)
    offset: int = 0
    timestamp: int = 0

    def renamed(self, type_name: str) -> "Record":
        return self.with_header("ce_type", type_name.encode())

    def with_header(self, name: str, value: bytes) -> "Record":
        return replace(self, headers=[(n, value if n == name else v) for n, v in self.headers])


def record(fact: Fact, *, auth_type: str = "user", at: datetime = NOON, **expects: int) -> Record:
    chapter = chapter_of(type(fact))
    named = Expectation(**({str(chapter): 0} | expects))
    envelope = Envelope(
        "00000000-0000-5000-8000-000000000001", "/services/test", fact.type, chapter, STREAM, fact.at, at, named,
        auth_type=auth_type,
    )  # fmt: skip
    return Record(write_headers(envelope), encode(fact))


def judged(one: Record, head: Head = EMPTY, reading: Reading = TOY) -> Judged:
    return judge(one, PARTITIONS, head, reading)


def test_equal_counters_admit_and_move_their_chapter() -> None:
    """Architecture, section 2."""
    found = judged(record(MOTIVE, intake=2), Head(intake=2, triage=5))
    assert (found.verdict, found.head, found.fact) == (Verdict.ADMITTED, Head(intake=3, triage=5), MOTIVE)


@pytest.mark.parametrize("head", [Head(intake=1), Head(intake=3), Head(intake=2, triage=1)])
def test_another_counter_refuses_and_leaves_the_head(head: Head) -> None:
    """Any named counter, behind or ahead."""
    found = judged(record(MOTIVE, intake=2, triage=0), head)
    assert (found.verdict, found.head, found.fact) == (Verdict.REFUSED, head, None)
    assert found.why == f"the stream stood at {head}, the writer expected intake=2,triage=0"


def test_what_breaks_the_form_is_never_admitted() -> None:
    """L3: and has no envelope, so that it touches no row."""
    one = record(LODGED)
    malformed = judged(replace(one, headers=[*one.headers, one.headers[-1]]))
    misplaced = judged(replace(one, key=b"complaint/2"))
    assert (malformed.verdict, malformed.envelope) == (Verdict.MALFORMED, None)
    assert (misplaced.verdict, misplaced.envelope) == (Verdict.MISPLACED, None)


def test_a_newer_law_stops_the_reader() -> None:
    """L3."""
    with pytest.raises(LogBroken, match="law 2 is newer than 1"):
        judged(record(LODGED).with_header("ce_law", str(LAW + 1).encode()))


def test_an_unknown_foreign_type_moves_the_head_and_nothing_else() -> None:
    """L21."""
    found = judged(record(ClockBreached(at=NOON, clock="x")).renamed("complaints.escalation.sung.v1"))
    assert (found.verdict, found.head, found.fact, found.why) == (Verdict.ADMITTED, Head(escalation=1), None, None)


@pytest.mark.parametrize(
    "name", ["complaints.intake.sung.v1", "complaints.intake.lodged.v2", "complaints.escalation.clock-breached.v9"]
)
def test_an_unknown_version_of_what_we_read_or_write_stops_the_reader(name: str) -> None:
    """L21: own chapter, or a type the service reads."""
    fact = LODGED if ".intake." in name else ClockBreached(at=NOON, clock="x")
    with pytest.raises(LogBroken, match="is unknown"):
        judged(record(fact).renamed(name))


def test_a_refused_record_of_an_unknown_type_stops_nobody() -> None:
    """L21 is about content that would have to be folded."""
    unknown = record(LODGED, intake=4).renamed("complaints.intake.sung.v1")
    assert judged(unknown).verdict is Verdict.REFUSED


def test_a_known_type_that_is_not_read_is_not_decoded() -> None:
    """L21: a broken value of such a type is nobody's trouble."""
    one = replace(record(ClockBreached(at=NOON, clock="x")), value=b"\xff")
    narrow = Reading.of(Chapter.INTAKE, frozenset({ComplaintLodged}))
    assert judged(one, reading=narrow).why is None
    assert judged(one, reading=EVERYTHING).why is not None


OLDEST, OLDER = "complaints.intake.why-told.v1", "complaints.intake.why-told.v2"
INVENTED: dict[str, tuple[str, Upcaster]] = {OLDEST: (OLDER, dict), OLDER: (MotiveRecorded.type, dict)}


def test_every_older_version_of_what_is_read_is_read_and_no_other() -> None:
    """L21: however many steps lead to the newest, and whatever it was called."""
    assert {OLDEST, OLDER} <= Reading.of(Chapter.INTAKE, toy.SAYS.reads, INVENTED).types
    assert Reading.of(Chapter.INTAKE, frozenset({ComplaintLodged}), INVENTED).types == {ComplaintLodged.type}


@pytest.mark.parametrize("name", [OLDEST, OLDER, MotiveRecorded.type])
def test_an_own_type_that_is_known_and_not_folded_stops_nobody(name: str) -> None:
    """L21: nor does an older version of it."""
    narrow = Reading.of(Chapter.INTAKE, frozenset({ComplaintLodged}), INVENTED)
    found = judged(record(MOTIVE).renamed(name), reading=narrow)
    assert (found.verdict, found.fact, found.why) == (Verdict.ADMITTED, None, None)


def test_a_reader_of_everything_goes_on_at_a_type_that_nobody_here_knows() -> None:
    """L21: it writes no chapter, and the head moves."""
    found = judged(record(LODGED).renamed("complaints.intake.sung.v1"), reading=EVERYTHING)
    assert (found.verdict, found.head, found.fact) == (Verdict.ADMITTED, Head(intake=1), None)


def test_a_verdict_is_kept_of_own_commands_only() -> None:
    """L18: not of what was owed, of other chapters, or of what has no envelope; refused or admitted."""
    owed = record(MOTIVE)
    asked = replace(owed, headers=[*owed.headers, ("ce_commandhash", b"a hash")], offset=4)
    foreign = asked.renamed("complaints.triage.screened.v1").with_header("ce_expects", b"triage=0")
    said = [judged(one) for one in (owed, asked, foreign, replace(asked, key=b"complaint/2"))]
    said.append(judged(replace(asked, offset=5), Head(intake=1)))
    kept = verdicts(said, Chapter.INTAKE)
    assert [(one.offset, one.admitted, one.head, one.command_hash) for one in kept] == [
        (4, True, Head(intake=1), "a hash"),
        (5, False, Head(intake=1), "a hash"),
    ]


def test_the_running_hash_knows_every_offset_and_every_verdict() -> None:
    """L7: refused, malformed and misplaced are told apart."""
    hashes = {running_hash(b"", 1, verdict) for verdict in Verdict}
    assert len(hashes) == len(Verdict)
    assert running_hash(b"", 1, Verdict.ADMITTED) != running_hash(b"", 2, Verdict.ADMITTED)
    assert running_hash(b"x", 1, Verdict.ADMITTED) != running_hash(b"", 1, Verdict.ADMITTED)


def test_a_fingerprint_tells_any_other_record() -> None:
    """L6: id, key, headers and value."""
    one = record(LODGED)
    others = [
        replace(one, value=b"{}"),
        replace(one, key=b"complaint/2"),
        one.with_header("ce_recordedtime", b"2026-03-02T12:00:00.000001Z"),
    ]
    assert fingerprint(one)[0] == "00000000-0000-5000-8000-000000000001"
    assert all(fingerprint(other) != fingerprint(one) for other in others)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ce_id", b"a\x00b"), ("ce_id", b"\xff"), ("ce_id", None), ("ce_\udcff", b"1"), ("\x00", None)],
)
def test_a_fingerprint_can_be_kept_whatever_somebody_wrote(name: str, value: bytes) -> None:
    """PostgreSQL keeps it: no NUL in a text, and nothing that is not UTF-8."""
    event_id, _ = fingerprint(Record([(name, value)], b""))
    assert b"\x00" not in event_id.encode()


def test_a_record_without_key_and_value_has_a_fingerprint() -> None:
    """L6: anybody with access to the log can write one, and every reader must get past it."""
    assert fingerprint(replace(record(LODGED), key=None, value=None)) != fingerprint(record(LODGED))


def row() -> Row:
    return Row(STREAM, 0, state=toy.SAYS.initial)


def test_an_admitted_fact_moves_head_and_state() -> None:
    here = row()
    assert fold(toy.SAYS, here, judged(record(LODGED))) is None
    assert (here.head, here.state.lodged_at) == (Head(intake=1), NOON)


def test_a_fact_is_folded_with_the_time_at_which_the_admitted_record_was_written() -> None:
    """L14, L24: that of the first to land; what lands twice, or late, changes nothing."""
    heard: list[datetime] = []

    def evolve(state: toy.Toy, _fact: Fact, recorded_at: datetime) -> toy.Toy:
        heard.append(recorded_at)
        return state

    here, decider = row(), replace(toy.SAYS, evolve=evolve)
    for minutes in (7, 3, 9):
        one = record(LODGED, at=NOON + timedelta(minutes=minutes))
        fold(decider, here, judge(one, PARTITIONS, here.head, TOY))
    assert heard == [NOON + timedelta(minutes=7)]


def test_what_is_not_admitted_moves_nothing() -> None:
    here, before = row(), row()
    for one in (record(LODGED, intake=3), replace(record(LODGED), key=b"complaint/2")):
        assert fold(toy.SAYS, here, judged(one)) is None
    assert here == before


def test_content_that_cannot_be_folded_parks_and_the_head_goes_on() -> None:
    """L22: later records wait; heads and admission never park."""
    here = row()
    parked = fold(toy.SAYS, here, replace(judged(record(POISON)), offset=7))
    assert parked is not None
    assert (parked.offset, parked.kind) == (7, "content")
    assert "alice" not in parked.reason
    assert (here.parked_at, here.parked_head) == (7, Head())
    later = replace(judged(record(MOTIVE, intake=1), here.head), offset=8)
    assert fold(toy.SAYS, here, later) is None
    assert (here.head, here.state.motives, here.parked_at) == (Head(intake=2), 0, 7)


def test_content_that_cannot_be_decoded_parks_as_well() -> None:
    """L22: the reason names the field and never what stood in it."""
    broken = replace(record(LODGED), value=b'{"channel":5}')
    parked = fold(toy.SAYS, row(), judged(broken))
    assert parked is not None
    assert "channel" in parked.reason


def test_a_reader_without_rules_keeps_heads_only() -> None:
    here = row()
    assert fold(None, here, judged(record(POISON))) is None
    assert (here.head, here.parked_at) == (Head(intake=1), None)


def test_facts_by_machines_are_counted_until_somebody_acts() -> None:
    """L16: a loop of machines is fast; a due time in between, or a person, starts the count anew."""
    here = row()
    for number, (auth_type, after) in enumerate([(MACHINE, 0), (MACHINE, 1), (MACHINE, 2)]):
        at = NOON + timedelta(seconds=after)
        fold(toy.SAYS, here, judged(record(MOTIVE, auth_type=auth_type, at=at, intake=number), here.head))
    assert here.machine == 3
    later = NOON + timedelta(minutes=5)
    fold(toy.SAYS, here, judged(record(MOTIVE, auth_type=MACHINE, at=later, intake=3), here.head))
    assert here.machine == 1
    fold(toy.SAYS, here, judged(record(MOTIVE, intake=4), here.head))
    assert (here.machine, here.machine_at) == (-ALLOWED_BY_AN_ACT, None)


def test_many_acts_may_bring_about_many_facts_at_once() -> None:
    """L16: a hundred and twenty messages are answered by one reply; each clock warned, was breached and is met."""
    here = row()
    for number in range(120):
        fold(toy.SAYS, here, judged(record(MOTIVE, intake=number), here.head))
    for number in range(120, 120 + 4 * 120):
        fold(toy.SAYS, here, judged(record(MOTIVE, auth_type=MACHINE, intake=number), here.head))
    assert here.machine < MACHINE_FACTS_MAX
