"""Any head, any expectation, any envelope: what property tests throw at the law. No test stands here."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from events.admission import UNNAMED, Expectation, Head
from events.codec import TYPES
from events.envelope import Envelope
from events.fact import CHAPTERS, EARLIEST, chapter_of

PARTITIONS = 12
chapters = st.sampled_from(CHAPTERS)
counts = st.integers(0, 6)
heads = st.builds(Head, counts, counts, counts, counts)
named = st.one_of(st.just(UNNAMED), counts)
expectations = st.builds(Expectation, named, named, named, named)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60)
times = st.datetimes(EARLIEST.replace(tzinfo=None), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
uuids = st.uuids().map(str)
streams = st.sampled_from(("import/a", "cluster/A.b:c_d-9", "z" * 20 + "/" + "9" * 100)) | uuids.map(
    "complaint/".__add__
)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Any envelope that a writer may write: of known types and of others."""
    chapter = draw(chapters)
    known = sorted(name for name, kind in TYPES.items() if chapter_of(kind) is chapter)
    expects = list(draw(expectations))
    expects[CHAPTERS.index(chapter)] = draw(counts)
    return Envelope(
        event_id=draw(uuids),
        source=draw(texts),
        type=draw(st.sampled_from([*known, f"complaints.{chapter}.invented.v9"])),
        chapter=chapter,
        stream=draw(streams),
        time=draw(times),
        recorded_time=draw(times),
        expects=Expectation(*expects),
        command_hash=draw(st.none() | texts),
        correlation_id=draw(st.none() | uuids),
        causation_id=draw(st.none() | uuids),
        auth_type=draw(st.none() | texts),
        auth_id=draw(st.none() | texts),
    )
