"""Where the checkout lies, and who has it: any path, any locale, an account with a home and one without."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from local.places import CHECKOUT

SITE = Path(sysconfig.get_path("purelib"))
UV = """#!/bin/sh
grep -o 'uv [0-9.]*' versions
echo "$XDG_CACHE_HOME" >kept-in
"""


def test_the_code_is_found_in_a_path_that_is_no_ascii_whatever_the_locale(tmp_path: Path) -> None:
    """Python 3.11 reads the list of our folders as LC_ALL says: with C and such a path nothing started."""
    site = tmp_path / "Fälle 目录" / SITE.relative_to(CHECKOUT)
    site.mkdir(parents=True)
    shutil.copy(SITE / "_complaints.pth", site)
    folders = [tmp_path / "Fälle 目录" / name for name in ("deploy", "libs", "services")]
    for folder in folders:
        folder.mkdir()
    looked = f"import site, sys; site.addsitedir({str(site)!r}); print(sys.path)"
    shown = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", looked],
        env={**os.environ, "LC_ALL": "C"}, capture_output=True, encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    assert all(str(folder) in shown.stdout for folder in folders)


def test_an_account_without_a_home_keeps_what_it_fetched_in_the_checkout(tmp_path: Path) -> None:
    """Nobody's home is a folder that does not exist: packages had no place to come to, and the set-up ended."""
    for name in ("deploy/local/environment.sh", "deploy/local/uv.txt", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    (tmp_path / "versions").write_text((tmp_path / "deploy/local/uv.txt").read_text().replace("uv==", "uv "))
    site = tmp_path / SITE.relative_to(CHECKOUT)
    site.mkdir(parents=True)
    (site / "_complaints.pth").touch()
    uv = tmp_path / ".venv" / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(UV)
    uv.chmod(0o700)
    own = {name: value for name, value in os.environ.items() if name != "XDG_CACHE_HOME"}
    for home, kept_in in (("/nonexistent", tmp_path / ".local" / "downloads"), (str(tmp_path), "")):
        subprocess.run(
            ["bash", "deploy/local/environment.sh"],
            cwd=tmp_path, env={**own, "HOME": home}, check=True, timeout=60, capture_output=True,
        )  # fmt: skip
        assert (tmp_path / "kept-in").read_text().strip() == str(kept_in)
