"""`complaints rules check`: files alone, with nothing running; every finding named with its file and place (R142)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.rules.command import rules
from local.rules.files import CHECKS, NoRulebook, files_at
from shipped import FOLDER, texts


def check(*words: str) -> tuple[int, str, str]:
    ran = CliRunner().invoke(rules, ["check", *words])
    return ran.exit_code, ran.stdout, ran.stderr


def test_all_that_is_shipped_and_every_example_is_sound() -> None:
    code, _, said = check(str(FOLDER))
    assert (code, said.rpartition(", ")[2].strip()) == (0, "0 findings"), said
    assert {f"{file.kind}/{file.name}" for file in files_at([FOLDER])} >= set(texts())


def test_every_finding_of_every_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "pack").mkdir()
    cn = texts()["calendar/cn"]
    (tmp_path / "calendar" / "cn.toml").write_text(cn.replace("Asia/Shanghai", "Azia/Shanghai"), "utf-8")
    (tmp_path / "calendar" / "xx.toml").write_text(cn, "utf-8")
    pack = texts()["pack/cn-12315"].replace('calendar = "cn"', 'calendar = "yy"')
    (tmp_path / "pack" / "cn-12315.toml").write_text(pack, "utf-8")
    code, told, _ = check(str(tmp_path), "-o", "json")
    assert code == 1
    assert [(Path(one["file"]).stem, one["place"].split(" (")[0]) for one in json.loads(told)["findings"]] == [
        ("cn", "zone"),
        ("xx", "name"),
        ("cn-12315", "calendar"),
    ]


def test_files_stand_beside_what_is_shipped(tmp_path: Path) -> None:
    """A pack alone may name a shipped calendar; what others lean on comes first."""
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "cn-12315.toml").write_text(texts()["pack/cn-12315"], "utf-8")
    assert check(str(tmp_path / "pack" / "cn-12315.toml"))[0] == 0
    kinds = [file.kind for file in files_at([FOLDER])]
    assert kinds == sorted(kinds, key=list(CHECKS).index)


@pytest.mark.parametrize("name", ["nothing.toml", "cake/x.toml", "calendar/x.txt"])
def test_a_path_that_names_no_rulebook_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    if name != "nothing.toml":
        (tmp_path / name).write_text("")
    with pytest.raises(NoRulebook):
        files_at([tmp_path / name])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "gone.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(NoRulebook, match="gone"):
        files_at([tmp_path])
