"""Ids are names (L4), frozen for ever: a changed one would make every retry a new act."""

from events.ids import (
    STREAM,
    command_event_id,
    key_id,
    new_stream,
    outside_event_id,
    owed_event_id,
    reported_stream,
)


def test_ids_are_frozen() -> None:
    """L4."""
    command = {"principal": "alice", "service": "accountability", "command": "decide", "key": "k-1"}
    assert command_event_id(**command, stream="complaint/1") == "07b1cd30-7ca2-5709-8760-df4536ca2dfb"
    assert command_event_id(**command, stream="") == "20240057-c942-5ffa-9a11-0ae53a064343"
    assert outside_event_id(source="boston311", source_event_id="101001") == "56bda014-ec79-511a-bcc2-2af77ce973b6"
    owed = {"stream": "complaint/1", "chapter": "triage", "fact_type": "complaints.triage.screened.v1"}
    assert owed_event_id(**owed, counter=0) == "a8da67c1-b9d4-5418-9f15-52bc7ddc7c83"
    opened_by = "00000000-0000-5000-8000-000000000001"
    assert new_stream("complaint", opened_by) == "complaint/6cfe660d-2ba6-5731-8eef-2e50dc5101cc"
    assert reported_stream("boston311", "101001") == "complaint/cb739a3d-2612-51e9-9835-7ed7d1bb1ca0"
    assert key_id("party", "abc") == "bdfdeb44-6d41-54b4-b5b8-81b8f8cce189"


def test_parts_cannot_run_into_one_another() -> None:
    """L4: two acts that differ have two names, whatever characters their parts contain."""
    assert outside_event_id(source="a,1:b", source_event_id="c") != outside_event_id(
        source="a", source_event_id="1:b,c"
    )
    assert outside_event_id(source="ab", source_event_id="c") != outside_event_id(source="a", source_event_id="bc")


def test_new_streams_can_be_keys() -> None:
    for stream in (new_stream("cluster", "x"), reported_stream("a b/c", "投诉")):
        assert STREAM.fullmatch(stream)
