"""A commit writes what moved: leans only where they differ from what the table holds (L15, L18)."""

from dataclasses import replace

from runtime.commit_arrays import COMMIT, Writers, commit_arrays
from runtime.rows import Commit, Place, Row

ROW = Row("complaint/a", 0, leans=(("cluster/b", 3),))
MOVED, CONTEXTS = 23, 24


def arrays(*rows: Row) -> list[list[object]]:
    return commit_arrays(Commit({0: Place()}, {0: Place(1, 1)}, list(rows), [], [], [], ()), Writers())


def test_every_argument_has_its_place() -> None:
    assert len(arrays(ROW)) == COMMIT.count("$")


def test_leans_are_written_where_they_are_not_known_to_be_stored() -> None:
    assert arrays(ROW)[MOVED] == ["complaint/a"]
    assert arrays(ROW)[CONTEXTS] == ["cluster/b"]


def test_leans_that_stand_there_already_are_not_written_again() -> None:
    kept = replace(ROW, leans_stored=ROW.leans)
    assert arrays(kept)[MOVED] == arrays(kept)[CONTEXTS] == []


def test_leans_that_ended_are_taken_away() -> None:
    ended = replace(ROW, leans=(), leans_stored=ROW.leans)
    assert arrays(ended)[MOVED] == ["complaint/a"]
    assert arrays(ended)[CONTEXTS] == []
