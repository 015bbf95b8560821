"""Repeat a seed, or try many: `PYTHONPATH=tests .venv/bin/python -m simulation --seed 1234`."""

import argparse
import sys
import time

from simulation.seeds import live, live_all, quiet


def main() -> int:
    quiet()
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this one and tell its story")
    parser.add_argument("--seeds", type=int, default=200, help="how many to try")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--log", action="store_true", help="print the log of the one seed")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        return _one(chosen.seed, log=chosen.log)
    began, bad, records = time.monotonic(), 0, 0
    for lived in live_all(range(chosen.first, chosen.first + chosen.seeds), chosen.processes):
        records += lived.records
        if lived.harms:
            bad += 1
            print(lived)  # noqa: T201
    print(f"{chosen.seeds} seeds, {bad} with harm, {records} records, {time.monotonic() - began:.1f} s")  # noqa: T201
    return 1 if bad else 0


def _one(seed: int, *, log: bool) -> int:
    lived, world, book = live(seed)
    print(world.plan)  # noqa: T201
    print(f"{lived.records} records in {lived.seconds:.0f} simulated seconds, {len(book.wishes)} wishes")  # noqa: T201
    if log:
        for partition in world.broker.log:
            for record in partition:
                headers = {name: value.decode() for name, value in record.headers}
                print(record.partition, record.offset, record.timestamp, headers, record.value)  # noqa: T201
    print(lived)  # noqa: T201
    return 1 if lived.harms else 0


if __name__ == "__main__":
    sys.exit(main())
