"""The law of admission (architecture, section 2)."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from envelopes import PARTITIONS, chapters, counts, envelopes, expectations, heads
from events.admission import UNNAMED, Expectation, Head, Verdict, admits, expectation, narrowed, parse_expectation
from events.decider import NOTHING, Decider
from events.envelope import Envelope, write_headers
from events.fact import CHAPTERS, Chapter
from events.intake import ContactRecorded
from events.partition import partition_of
from runtime.judging import Reading, fold, judge
from runtime.rows import Row

ROOT = Path(__file__).parents[2]


@given(heads, expectations)
def test_admission_is_total_pure_and_looks_at_the_counters_only(head: Head, expects: Expectation) -> None:
    """Section 2: all named counters equal, or refused; the same answer each time, and nothing is changed."""
    equal = all(want in (UNNAMED, have) for want, have in zip(expects, head, strict=True))
    assert admits(head, expects) is equal
    assert admits(Head(*head), Expectation(*expects)) is equal


@given(st.lists(st.tuples(chapters, expectations, counts), max_size=40), st.randoms(use_true_random=False))
def test_any_interleaving_and_repetition_gives_one_gap_free_sequence_a_chapter(
    written: list[tuple[Chapter, Expectation, int]], order: random.Random
) -> None:
    """Section 2: whoever wrote what in whatever belief, and however often it stands in the log."""
    records = [(chapter, _naming(expects, chapter, own)) for chapter, expects, own in written]
    log = [*records, *order.choices(records, k=len(records))] if records else []
    order.shuffle(log)
    head, taken = Head(), Counter[tuple[Chapter, int]]()
    for chapter, expects in log:
        if admits(head, expects):
            taken[chapter, expects[CHAPTERS.index(chapter)]] += 1
            head = head.after(chapter)
    assert sorted(taken) == sorted((chapter, number) for chapter in CHAPTERS for number in range(head.of(chapter)))
    assert set(taken.values()) <= {1}


@given(
    st.lists(
        st.tuples(chapters, st.sets(chapters), st.integers(0, 3), st.integers(1, 3), st.integers(0, 20)), max_size=30
    )
)
def test_of_writers_that_saw_the_same_one_is_admitted(acts: list[tuple[Chapter, set[Chapter], int, int, int]]) -> None:
    """Section 2: retries, zombies and races. Writers believe heads that were true once; late ones land later."""
    seen, log = [Head()], list[tuple[int, Chapter, Expectation]]()
    for number, (chapter, relies_on, behind, times_written, late) in enumerate(acts):
        belief = seen[max(0, len(seen) - 1 - behind)]
        expects = expectation(belief, frozenset(relies_on | {chapter}))
        log += [(number, chapter, expects)] + [(number + late * n, chapter, expects) for n in range(1, times_written)]
        head = Head()
        for _, said_in, believed in sorted(log, key=lambda record: record[0]):
            head = head.after(said_in) if admits(head, believed) else head
        seen.append(head)
    head = Head()
    own_counters: list[tuple[Chapter, int]] = []
    for _, chapter, expects in sorted(log, key=lambda record: record[0]):
        if admits(head, expects):
            own_counters.append((chapter, head.of(chapter)))
            assert expects[CHAPTERS.index(chapter)] == head.of(chapter)
            head = head.after(chapter)
    assert len(set(own_counters)) == len(own_counters) == sum(head)


@given(st.lists(st.tuples(st.sampled_from("abc"), chapters, expectations, counts), max_size=40))
def test_streams_do_not_touch_one_another(written: list[tuple[str, Chapter, Expectation, int]]) -> None:
    """A stream's head is a fold of its own records, whatever stands between them."""
    together = {stream: Head() for stream in "abc"}
    alone = dict(together)
    for stream, chapter, expects, own in written:
        if admits(together[stream], _naming(expects, chapter, own)):
            together[stream] = together[stream].after(chapter)
    for stream, chapter, expects, own in sorted(written, key=lambda record: record[0]):
        if admits(alone[stream], _naming(expects, chapter, own)):
            alone[stream] = alone[stream].after(chapter)
    assert together == alone


@given(expectations)
def test_an_expectation_is_read_as_it_was_written(expects: Expectation) -> None:
    assert parse_expectation(str(expects)) == (expects if any(count != UNNAMED for count in expects) else None)


@given(heads, st.sets(chapters), expectations)
def test_what_a_client_pins_is_added_to_what_the_rule_expects(
    head: Head, relied: set[Chapter], pinned: Expectation
) -> None:
    """L1: admitted under both means admitted under each; a pin takes nothing away from what the rule relied on."""
    wanted = expectation(head, frozenset(relied))
    assert admits(head, wanted)
    assert admits(head, narrowed(wanted, pinned)) is admits(head, pinned)
    assert _names(wanted) == relied
    assert _names(narrowed(wanted, pinned)) == relied | _names(pinned)


def _names(expects: Expectation) -> set[Chapter]:
    return {chapter for chapter, count in zip(CHAPTERS, expects, strict=True) if count != UNNAMED}


def _naming(expects: Expectation, chapter: Chapter, own: int) -> Expectation:
    return expects._replace(**{chapter: own})


class _Record:
    """A record as Kafka hands it out."""

    def __init__(self, envelope: Envelope, value: bytes | None) -> None:
        self.key: bytes | None = envelope.stream.encode()
        self.partition, self.offset, self.timestamp = partition_of(envelope.stream.encode(), PARTITIONS), 7, 0
        self.value, self.headers = value, write_headers(envelope)


@given(envelopes(), st.none() | st.binary(max_size=30), heads)
def test_an_unknown_foreign_type_moves_the_head_and_nothing_else(
    envelope: Envelope, value: bytes | None, head: Head
) -> None:
    """L21: whatever its value is."""
    foreign = envelope._replace(
        chapter=Chapter.TRIAGE,
        type="complaints.triage.invented.v1",
        expects=expectation(head, frozenset({Chapter.TRIAGE})),
    )
    decider: Decider[str] = Decider(
        chapter=Chapter.INTAKE,
        version=1,
        initial="untouched",
        state_type=str,
        reads=frozenset({ContactRecorded}),
        evolve=lambda state, fact, _recorded_at: f"{state}, {fact.type}",
        decide=lambda _command, _state, _context: NotImplemented,
        owed=lambda _state, _context, _now: NOTHING,
    )
    judged = judge(_Record(foreign, value), PARTITIONS, head, Reading.of(Chapter.INTAKE, decider.reads))
    row = Row(foreign.stream, judged.partition, head=head, state=decider.initial)
    assert fold(decider, row, judged) is None
    assert judged.verdict is Verdict.ADMITTED
    assert row.head == head.after(Chapter.TRIAGE)
    assert row.state == "untouched"


_SAYS_ALL = """
import hashlib, random
from datetime import UTC, datetime, timedelta
from events.admission import Head, admits, expectation
from events.codec import TYPES, decode
from events.envelope import Envelope, open_envelope, write_headers
from events.fact import chapter_of
from events.ids import owed_event_id, reported_stream
from events.partition import partition_of

drawn, said, heads = random.Random(7), hashlib.sha256(), {}
for name in sorted(TYPES):
    said.update(str(expectation(Head(1, 2, 3, 4), TYPES[name].relies_on)).encode())
for number in range(2000):
    kind = TYPES[drawn.choice(sorted(TYPES))]
    stream = reported_stream("city", str(drawn.randrange(20)))
    head, chapter = heads.get(stream, Head()), chapter_of(kind)
    belief = Head(*(max(0, count - drawn.choice((0, 0, 0, 1))) for count in head))
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=number)
    envelope = Envelope(
        owed_event_id(stream=stream, chapter=chapter, counter=belief.of(chapter), fact_type=kind.type), "/s", kind.type,
        chapter, stream, at, at, expectation(belief, kind.relies_on | {chapter}),
    )
    headers, key = write_headers(envelope), stream.encode()
    opened = open_envelope(key, headers, partition_of(key, 12), 12)
    admitted = admits(head, opened.expects)
    heads[stream] = head.after(chapter) if admitted else head
    said.update(repr((headers, admitted, heads[stream], decode(kind.type, at, b'{"by":"a"}'))).encode())
print(said.hexdigest(), sum(sum(head) for head in heads.values()))
"""


def test_two_interpreters_with_different_hash_seeds_agree() -> None:
    """Section 2: ids, headers, verdicts and what is wrong with a value do not hang on an interpreter."""
    answers = set()
    for seed in ("0", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "libs")}
        ran = subprocess.run(
            [sys.executable, "-c", _SAYS_ALL], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        answers.add(ran.stdout)
    assert len(answers) == 1
    assert int(answers.pop().split()[1]) > 500
