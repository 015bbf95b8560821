"""Ports: the fixed ones of `make run`, free ones for tests, and who holds one that is taken. Loopback only."""

import secrets
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local.errors import LocalError

HOST = "127.0.0.1"
LOWEST_FREE, HIGHEST, ENOUGH = 10_000, 65_536, 2_000
TRIES = 100
OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
SERVICES = ("intake", "triage", "escalation", "accountability", "projections")
FIRST_SERVICE = 8101


class PortTaken(LocalError):
    """Somebody else listens where we want to; the message names the port and its owner."""


@dataclass(frozen=True)
class Ports:
    """Where everything listens. `services` are the first instances."""

    door: int = 8080
    kafka: int = 9192
    controller: int = 9193
    postgres: int = 5532
    services: Mapping[str, int] = field(default_factory=lambda: services_from(FIRST_SERVICE))

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody holds just now."""
        door, kafka, controller, postgres, *services = free_ports(4 + len(SERVICES))
        return cls(door, kafka, controller, postgres, dict(zip(SERVICES, services, strict=True)))


def services_from(first: int) -> dict[str, int]:
    """The ports of the services, one after the other."""
    return {name: first + number for number, name in enumerate(SERVICES)}


def free_ports(count: int) -> list[int]:
    """That many ports in a row that nobody holds just now, and that the kernel gives to no outgoing connection either:
    a client of something else could sit on one before we listen there, and a client of ours even meet itself.
    """
    above = _first_outgoing()
    for _ in range(TRIES):
        first = LOWEST_FREE + secrets.randbelow(above - count - LOWEST_FREE)
        ports = list(range(first, first + count))
        with ExitStack() as held:
            try:
                for port in ports:
                    held.enter_context(socket.socket()).bind((HOST, port))
            except OSError:
                continue
            return ports
    raise PortTaken(f"found no {count} free ports in a row below {above} in {TRIES} tries")


def _first_outgoing() -> int:
    """Where the ports of outgoing connections begin; no limit for us where they leave nothing to choose from."""
    try:
        first = int(OUTGOING.read_text("ascii").split()[0])
    except OSError:
        return HIGHEST
    return first if first > LOWEST_FREE + ENOUGH else HIGHEST


def refuse_taken(wanted: Iterable[tuple[str, int]]) -> None:
    """Raise `PortTaken` naming every wanted port that somebody listens on, and who it is."""
    taken = [f"port {port} ({purpose}) is taken by {named(owner(port))}" for purpose, port in wanted if listening(port)]
    if taken:
        raise PortTaken("; ".join(taken) + ". Stop it, or choose other ports (`complaints up --help`).")


def listening(port: int) -> bool:
    """Whether the port cannot be bound because somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection's last minute is no owner
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def owner(port: int) -> int | None:
    """Who listens on that port; None where this user may not see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            here = getattr(connection.laddr, "port", None) == port
            if here and connection.status == psutil.CONN_LISTEN and connection.pid:
                return int(connection.pid)
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        pass
    return None


def named(pid: int | None) -> str:
    """Pid and command of a port's owner, as far as this user may see it."""
    with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
        if pid is not None:
            return f"pid {pid}: {' '.join(psutil.Process(pid).cmdline())[:200]}"
    return "a process that this user may not see (ask as root: ss -ltnp)"
