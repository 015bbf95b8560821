"""Running seeds: one, or many on several processes."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import structlog

from simulation.cast import toy_cast
from simulation.checks import harms
from simulation.clients import Book
from simulation.people import act_out
from simulation.real import REAL, real_cast
from simulation.toy_people import TOYS
from simulation.troubles import troubles_of
from simulation.weather import Plan, plan_of
from simulation.world import Parts, World

REPEAT = "PYTHONPATH=tests .venv/bin/python -m simulation --seed {seed}"


@dataclass(frozen=True)
class Lived:
    """What became of one seed."""

    seed: int
    harms: list[str]
    records: int
    seconds: float
    """Simulated."""

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {len(self.harms)} harms; repeat: {REPEAT.format(seed=self.seed)}"]
        return "\n  ".join(lines + self.harms[:10])


def live(seed: int, plan: Plan | None = None, parts: Parts | None = None) -> tuple[Lived, World, Book]:
    """Run one seed and look at what is left."""
    plan = plan or plan_of(seed)
    parts = parts or Parts(cast=real_cast if plan.real else toy_cast)
    world, book = World(seed, plan, parts), Book()
    world.live(lambda here: act_out(here, book, REAL if plan.real else TOYS), troubles_of)
    lived = Lived(seed, harms(world, book), sum(world.broker.ends()), world.loop.time() - 1_000.0)
    return lived, world, book


def quiet() -> None:
    """What processes log while they are killed by the hundred is of no use to anybody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _lived(seed: int) -> Lived:
    return live(seed)[0]


def live_all(seeds: Iterable[int], processes: int) -> Iterator[Lived]:
    """All of them, on so many processes, in order."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=quiet) as pool:
        yield from pool.map(_lived, seeds, chunksize=20)
