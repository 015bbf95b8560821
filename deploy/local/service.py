"""One instance of one service: `python -m <service>` with the environment that the services agree on."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.errors import LocalError
from local.places import RULES, DataDir
from local.ports import HOST, listening
from local.process import POLL_SECONDS, Process
from local.tokens import AUDIENCE, ISSUER

READY_SECONDS_MAX = 60.0
WORK_SECONDS_MAX = 3600.0
"""How long a start waits where there is work to do: a service reads its log, as after a restore or with newer code, or
somebody mends what its reader stopped at, and needs the PostgreSQL that runs beside it."""
STOP_SECONDS_MAX = 6.5  # with the 3 s of the stores the whole stops within 10 s
ASK_SECONDS_MAX = 5.0


class ServiceFailed(LocalError):
    """A service did not get ready; the message holds what it answered and the end of its log."""


@dataclass(frozen=True)
class Surroundings:
    """What every service of one system is told alike."""

    data: DataDir
    kafka_bootstrap: str
    database_url: str
    jwks_file: Path
    log_partitions: int
    extra: Mapping[str, str]

    def environment(self, *, instance: str, port: int) -> dict[str, str]:
        """The variables of one instance; what the caller's environment holds besides stays as it is."""
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "DATABASE_URL": self.database_url,
            "HTTP_HOST": HOST,
            "HTTP_PORT": str(port),
            "INSTANCE": instance,
            "LOG_PARTITIONS": str(self.log_partitions),
            "SECRETS_DIR": str(self.data.secrets),
            "JWKS_FILE": str(self.jwks_file),
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_AUDIENCE": AUDIENCE,
            "RULES_DIR": str(RULES),
            "OUTBOX_DIR": str(self.data.outbox),
            **self.extra,
        }


class Service:
    """One process of one service; `name` is the service's, with the instance where it is not the first."""

    def __init__(self, surroundings: Surroundings, service: str, *, port: int, instance: str = "0") -> None:
        self.service = service
        self.instance = instance
        self.name = service if instance == "0" else f"{service}-{instance}"
        self.port = port
        self.url = f"http://{HOST}:{port}"
        data = surroundings.data
        self.process = Process(
            self.name,
            (sys.executable, "-m", service),
            data.run / f"{self.name}.json",
            data.logs / f"{self.name}.log",
            environment=surroundings.environment(instance=instance, port=port),
        )

    async def start(self) -> None:
        """Start and wait until it says that it is ready; raises `ServiceFailed`."""
        self.process.start()
        await self.ready()

    async def ready(self, *, limit_seconds: float = READY_SECONDS_MAX) -> None:
        """Wait until /readyz answers 200; raises `ServiceFailed` as soon as the process has ended.

        The time in which it reads its log, or its reader has stopped, does not count, up to `WORK_SECONDS_MAX`.
        """
        started = time.monotonic()
        deadline = started + limit_seconds
        said = "nothing"
        async with httpx.AsyncClient(timeout=ASK_SECONDS_MAX, trust_env=False) as client:
            while True:
                try:
                    # Asking an address where nobody listens yet takes the processor from those who are starting.
                    if listening(self.port):
                        answer = await client.get(f"{self.url}/readyz")
                        if answer.status_code == httpx.codes.OK:
                            return
                        said = f"{answer.status_code} {answer.text[:500]}"
                        if _work_to_do(answer):
                            deadline = min(time.monotonic() + limit_seconds, started + WORK_SECONDS_MAX)
                except httpx.TransportError:
                    pass
                if not self.process.alive:
                    raise ServiceFailed(
                        f"{self.name} ended with {self.process.exit_code}; the end of its log:\n"
                        f"{self.process.last_lines()}"
                    )
                if time.monotonic() > deadline:
                    raise ServiceFailed(
                        f"{self.name} is not ready after {time.monotonic() - started:.0f} s, /readyz says: {said}; "
                        f"the end of its log:\n{self.process.last_lines()}"
                    )
                await asyncio.sleep(POLL_SECONDS)

    async def stop(self) -> bool:
        """Stop in order; False where it had to be killed."""
        return await self.process.stop(STOP_SECONDS_MAX)


def reasons_of(answer: httpx.Response) -> dict[str, str]:
    """Why /readyz says no, by part, in the service's own words where it has any; empty where it says yes."""
    if answer.status_code == httpx.codes.OK:
        return {}
    try:
        return dict(answer.json()["reasons"])
    except (ValueError, KeyError, TypeError):
        return {"process": f"answers {answer.status_code}"}


def _work_to_do(answer: httpx.Response) -> bool:
    """Its reader has stopped for good, or goes on and has not come to the end of the log."""
    given = reasons_of(answer)
    if "reader" in given:
        return given["reader"].startswith("has stopped: ")
    return given.get("edge rulebooks") == "tries again after not-caught-up"
