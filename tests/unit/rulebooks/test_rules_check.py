"""`complaints rules check`: files alone, with nothing running; every finding named with its file and place (R142)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.rules.command import rules
from local.rules.files import CHECKS, NoRulebook, files_at, readable_at
from shipped import FOLDER, texts


def check(*words: str) -> tuple[int, str, str]:
    ran = CliRunner().invoke(rules, ["check", *words])
    return ran.exit_code, ran.stdout, ran.stderr


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


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


def test_an_example_alone_finds_what_stands_beside_it_and_what_is_shipped() -> None:
    """A pack of `rules/examples` names a calendar of `rules/examples`, and posts of `rules`."""
    for path in sorted((FOLDER / "examples" / "pack").glob("*.toml")):
        assert check(str(path))[0] == 0, path


def test_what_stands_beside_a_file_comes_before_what_is_shipped(tmp_path: Path) -> None:
    """A ladder is checked by the posts of the organisation in the same tree, also from a folder further in."""
    ladder = texts()["ladder/default"].replace('post = "cso"', 'post = "chief"')
    write(tmp_path / "further" / "ladder" / "default.toml", ladder)
    assert check(str(tmp_path / "further" / "ladder" / "default.toml"))[0] == 1
    organisation = texts()["organisation/default"].replace('name = "cso"', 'name = "chief"')
    write(
        tmp_path / "organisation" / "default.toml",
        organisation.replace('after_refusal = "cso"', 'after_refusal = "chief"'),
    )
    for folder in ("further/ladder", "further"):
        assert check(str(tmp_path / folder))[0] == 0, folder


UNREADABLE = {
    "no UTF-8": ("name = 'a'\n# caf\xe9\n".encode("latin-1"), "line 2", "byte 16"),
    "too long": (("# remark\n" * 33_334).encode(), "line 33334", "300000 characters"),
    "far too long": (b"\n" * 400_000 + b"# \xff\n" * 400_000, "line 300001", "300000 characters"),
}


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_checked(tmp_path: Path, fault: str) -> None:
    """R142: with its place like any other; whoever leans on it is not blamed."""
    content, place, wrong = UNREADABLE[fault]
    write(tmp_path / "calendar" / "broken.toml", content)
    write(
        tmp_path / "pack" / "cn-12315.toml", texts()["pack/cn-12315"].replace('calendar = "cn"', 'calendar = "broken"')
    )
    write(tmp_path / "ladder" / "default.toml", texts()["ladder/default"].replace("= 4", "= 9"))
    code, told, _ = check(str(tmp_path), "-o", "json")
    found = [(Path(one["file"]).stem, one["place"]) for one in json.loads(told)["findings"]]
    assert (code, found) == (1, [("broken", place), ("default", "crisis_level (line 4)")])
    assert wrong in json.loads(told)["findings"][0]["wrong"]
    with pytest.raises(NoRulebook, match=f"broken.toml: {place}"):
        readable_at([tmp_path])


def test_a_file_that_is_not_there_any_more_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path / "pack" / "cn-12315.toml", texts()["pack/cn-12315"])
    (tmp_path / "pack" / "gone.toml").symlink_to(tmp_path / "nowhere")
    code, _, said = check(str(tmp_path))
    assert (code, "gone.toml: the whole text: the file cannot be read" in said) == (1, True), said


@pytest.mark.parametrize(
    "text", ["no toml", 'name = "default"\n[[post]]\nname = 7\n[post.x]', "post = 1", "post = [[1]]"]
)
def test_an_organisation_that_is_not_sound_hides_no_other_finding(tmp_path: Path, text: str) -> None:
    """The posts of the ladder are looked for there all the same."""
    write(tmp_path / "organisation" / "default.toml", text)
    write(tmp_path / "ladder" / "default.toml", texts()["ladder/default"].replace("= 4", "= 9"))
    said = check(str(tmp_path))[2]
    assert "organisation/default.toml: " in said
    assert "crisis_level (line 4): there are 4 levels" in said


def test_windows_line_ends_and_marks_are_read_like_any_other(tmp_path: Path) -> None:
    text = texts()["calendar/cn"]
    write(tmp_path / "calendar" / "cn.toml", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [file.text for file in readable_at([tmp_path])] == [text]


@pytest.mark.parametrize("name", ["nothing.toml", "cake/x.toml", "calendar/x.txt", "cake"])
def test_a_path_that_names_no_rulebook_is_refused(tmp_path: Path, name: str) -> None:
    """Also a folder without any: somebody who mistypes it is not told that all is well."""
    if name != "nothing.toml":
        write(tmp_path / "cake" / "x.toml", "")
        write(tmp_path / "calendar" / "x.txt", "")
    with pytest.raises(NoRulebook):
        files_at([tmp_path / name])


def test_two_files_of_one_rulebook_are_refused(tmp_path: Path) -> None:
    """Else which of the two others lean on, and is published last, would be chance."""
    for folder in ("a", "b"):
        write(tmp_path / folder / "calendar" / "cn.toml", texts()["calendar/cn"])
    with pytest.raises(NoRulebook, match="both calendar/cn"):
        files_at([tmp_path])
    assert len(files_at([tmp_path / "a", tmp_path / "a" / "calendar" / "cn.toml"])) == 1


def test_a_folder_of_one_kind_may_be_where_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER / "calendar")
    assert len(files_at([Path()])) == len([key for key in texts() if key.startswith("calendar/")])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--effective-at", "1969-12-31T00:00Z"), "1970 and 2099"),
        (("--effective-at", "2999-01-01T00:00Z"), "1970 and 2099"),
        (("--effective-at", "2026-01-01"), "has no zone"),
        (("--effective-at", "tomorrow"), "is no time"),
        (("--effective-at", "9999-12-31T23:00-14:00"), "is no time"),
        (("--by", " "), "name somebody"),
        (("--approved-by", ""), "name somebody"),
    ],
)
def test_publishing_says_what_is_wrong_before_it_asks_anybody(words: tuple[str, ...], said: str) -> None:
    ran = CliRunner().invoke(rules, ["publish", str(FOLDER), "--why", "x", "--consulted", "y", *words])
    assert (ran.exit_code, said in " ".join(ran.stderr.replace("│", " ").split())) == (2, True), ran.stderr
