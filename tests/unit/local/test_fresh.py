"""FRESH=1: what earlier runs left goes, whatever it is, but for who runs."""

from pathlib import Path

from local.supervisor import Stack


def test_a_fresh_start_removes_all_that_lies_there(tmp_path: Path) -> None:
    """A file that somebody left beside the folders ended the start."""
    for folder in (tmp_path / "run", tmp_path / "postgres" / "cluster"):
        folder.mkdir(parents=True)
    (tmp_path / "note.txt").write_text("mind the disk")
    Stack(tmp_path)._start_anew()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
