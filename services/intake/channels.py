"""The list of channels, as data (`rules/channels.toml`): which names are known, and which is the dedicated entrance.

Lives here: reading the list. Must not: any rule about what a channel means for a complaint (`decider/`).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Channels:
    """One numbered version of the list. `rule` is its name in events, `<table>@<version>`."""

    rule: str
    known: frozenset[str]
    entrances: frozenset[str]


def load_channels(rules_folder: Path) -> Channels:
    """The list as shipped. Raises `OSError`, `tomllib.TOMLDecodeError` or `KeyError`; without it nothing starts."""
    table = tomllib.loads((rules_folder / "channels.toml").read_text(encoding="utf-8"))
    channels = table["channel"]
    return Channels(
        rule=f"{table['name']}@{table['version']}",
        known=frozenset(channels),
        entrances=frozenset(name for name, channel in channels.items() if channel.get("entrance", False)),
    )
