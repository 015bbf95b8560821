"""What all tiers share: the same tests with the same cases on every machine at any time, and a real Kafka and a real
PostgreSQL for the tests that ask for them: started once per session, on free ports, with data of their own.
`KAFKA_BOOTSTRAP` and `DATABASE_URL` name others. Nothing else belongs here: what one tier needs stands in that tier.
"""

import asyncio
import gc
import os
import signal
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from examples import examples
from local.kafka import Broker
from local.places import DataDir
from local.ports import free_ports
from local.postgres import Postgres

Result = TypeVar("Result")
ID_CHARS_MAX = 60
ONE_SYSTEM = {"tests/e2e", "tests/faults", "tests/integration/intake"}
"""Tiers whose modules share one running system."""
FOREIGN = ("http_proxy", "https_proxy", "all_proxy", "otel_")
"""Variables of the surroundings, in any case, that no test is about: all that tests talk to is on this machine."""

# A run that is repeated finds the same; a busy machine is no counter-example. `--hypothesis-profile=exploring` looks
# for new cases.
settings.register_profile(
    "repeatable",
    max_examples=examples(100),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("exploring", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Run `make test` behind a proxy, beside a collector of traces or in the background, and nothing changes."""
    for name in [name for name in os.environ if name.lower().startswith(FOREIGN)]:
        del os.environ[name]
    # A shell has what it starts in the background ignore Ctrl-C, and so would all that tests start and press it for.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: nobody looks through it for garbage, again and again."""
    gc.collect()
    gc.freeze()


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # xdist carries no types
    """Where tiers run on several processes with stores of their own, a module stays on one, and so does such a tier."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        folder = module.rpartition("/")[0]
        return folder if folder in ONE_SYSTEM else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:  # noqa: ANN401
    """What `--dist loadscope` hands out at once."""
    return ByModule(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes and long texts are named by their place: content may hold the time, and two processes would then disagree
    about which tests there are.
    """
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > ID_CHARS_MAX) else None


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Kafka broker. It is shared: a test makes topics of its own, with names nobody else has."""
    given = os.environ.get("KAFKA_BOOTSTRAP")
    if given:
        yield given
        return
    port, controller_port = free_ports(2)
    broker = Broker(DataDir(tmp_path_factory.mktemp("kafka")), port=port, controller_port=controller_port)
    _apart(broker.start())
    yield broker.bootstrap
    _apart(broker.stop())


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL database. It is shared: take `fresh_database` unless only the server matters."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    (port,) = free_ports(1)
    # Nothing in it outlives the session, and nobody pulls its plug.
    postgres = Postgres(DataDir(tmp_path_factory.mktemp("postgres")), port=port, settings={"fsync": "off"})
    _apart(postgres.start())
    yield postgres.url
    _apart(postgres.stop())


@pytest.fixture
def fresh_database(database_url: str) -> Iterator[str]:
    """Address of an empty database that only this test has; it is dropped afterwards, whoever is still connected."""
    name = f"test_{uuid.uuid4().hex}"
    _apart(_execute(database_url, f"CREATE DATABASE {name}"))
    yield urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
    _apart(_execute(database_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _apart(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run it in a thread and a loop of its own, so that no test's loop is touched."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
