"""What a command of the console is: who may give it, where it is sent, what it asks for. Plain data.

Lives here: the form of a command, and the closed lists that several of them share. Must not: the commands themselves
(`commands`, `clock_commands`, `beside_commands`, `saying`), judge one (the services do), or any word of a page.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from events.escalation import Function
from events.fact import Fact
from events.occasions import SPOKEN
from projections.console.reader import Reader

Case = Mapping[str, Any]
Kind = Literal["line", "text", "choice", "score", "several", "flag", "money", "count", "time", "file", "fixed"]
"""A `score` is a choice that is sent as a number."""


@dataclass(frozen=True)
class Choice:
    """One of several values, in words."""

    value: str
    word: str


@dataclass(frozen=True)
class Thing:
    """What a command is about where a case has several of them: an offer, a promise, a clock, a cluster."""

    id: str
    about: Mapping[str, Any]
    within: str = ""
    """The id of what holds it, where it is none of the case."""


NO_THING = Thing("", {})
Among = Callable[[Case, Thing, Reader], Sequence[Choice]]


@dataclass(frozen=True)
class Ask:
    """One thing that a command asks for. `group` names its choices in the catalogues; `name` is the body's member."""

    name: str
    kind: Kind = "line"
    choices: tuple[str, ...] = ()
    group: str = ""
    required: bool = True
    value: str = ""
    """What it says before anybody said anything; of a `fixed` one always, where `{case}` and `{thing}` are ids."""
    label: str = ""
    """The entry of the catalogues that says it, where not its name's; `hint` and `filled` name entries, too."""
    hint: str = ""
    filled: str = ""
    """The words that it begins with."""
    stands: Callable[[Case, Reader], str] | None = None
    """What it begins with, where the case says it."""
    among: Among | None = None
    """Its choices, where the case tells them. Where there is none, it is not asked for; nor its command, if it must."""
    in_address: bool = False
    """It fills its `{name}` in the address and is no member of the body."""
    unseen: bool = False
    """The script reads it off the chosen file, and nobody needs to see it."""


@dataclass(frozen=True)
class Command:
    """A command: its address (below the case, or of its own), who may give it, when, and the fact that it leaves."""

    name: str
    path: str
    roles: frozenset[str]
    fact: type[Fact]
    icon: str
    asks: tuple[Ask, ...] = ()
    when: Callable[[Case], bool] = lambda case: case["status"] != "closed"
    things: Callable[[Case], Sequence[Thing]] = lambda _: (NO_THING,)
    """What it can be about; the id of each fills `{thing}` in the address and in an ask of kind `fixed`."""
    key: str = ""
    """The single key that opens its form."""
    asks_twice: bool = False
    """It cannot be taken back: before it is sent, the form says what it means and asks once more."""

    @property
    def on_case(self) -> bool:
        """Whether it writes the case's own record, of which its form pins what its reader saw."""
        return not self.path.startswith("/")

    @property
    def address(self) -> str:
        """Where it is sent: `{case}`, `{thing}` and `{within}` are ids, any other name one of its asks."""
        return f"/v1/complaints/{{case}}/{self.path}" if self.on_case else self.path


def choice(name: str, group: str, choices: tuple[str, ...], *, value: str = "") -> Ask:
    """One of a closed list."""
    return Ask(name, "choice", choices, group, value=value)


def optional(name: str, kind: Kind = "line") -> Ask:
    """What may be left out."""
    return Ask(name, kind, required=False)


def always(_: Case) -> bool:
    """Of a command that makes sense wherever a case stands."""
    return True


CHANNELS = (
    "phone", "wechat", "weibo", "app", "website", "forum", "mail", "letter", "counter", "public-post", "regulator",
    "employee", "entrance",
)  # fmt: skip
POSTS = ("handler", "reception", "teamlead", "department-head", "cso")
PACKET = ("facts-confirmed", "motive", "promises", "authority")
FUNCTIONS = get_args(Function)
CURRENCIES = ("CNY", "EUR", "USD")
REASON, EVIDENCE = Ask("reason"), Ask("evidence")
SCORES = ("1", "2", "3", "4", "5")
RATING = (Ask("process_score", "score", SCORES, "score"), Ask("outcome_score", "score", SCORES, "score"))


def _preferred(name: str) -> Callable[[Case, Reader], str]:
    return lambda case, _: str(case.get("contact_preferences", {}).get(name, ""))


def _by_channel(choices: tuple[str, ...], begins: Container[str]) -> Ask:
    """By which channel; it begins with the one by which they are reached best, where that is one of `begins`."""

    def stands(case: Case, reader: Reader) -> str:
        best = _preferred("channel")(case, reader)
        return best if best in begins else ""

    return Ask("channel", "choice", choices, "channel", stands=stands)


_CALLED = tuple(channel for channel in CHANNELS if channel in SPOKEN)
CALLED_BY = _by_channel(_CALLED, _CALLED)
WRITTEN_TO = _by_channel(CHANNELS, frozenset(CHANNELS) - SPOKEN)
"""A message does not begin with the phone of somebody who wants to be called."""
REACHED_BY = Ask(
    "channel", "choice", ("phone", "wechat", "weibo", "app", "mail", "letter"), "channel", required=False,
    label="reached_by", stands=_preferred("channel"),
)  # fmt: skip
QUIET_HOURS = Ask("quiet_hours", required=False, hint="quiet_hours", stands=_preferred("quiet_hours"))
ZONE = Ask("zone", required=False, hint="zone", stands=_preferred("zone"))
"""A statement replaces the one before as a whole: its form begins with what stands."""


def to_be_rated(case: Case) -> bool:
    """Whether there is an outcome that the complainant can have a view of."""
    return bool(case.get("decision") or case["status"] == "closed")


def to_be_withdrawn(case: Case) -> bool:
    """Whether there is something left to withdraw: it is open, and was not withdrawn in this cycle."""
    return not case.get("withdrawn") and case["status"] != "closed"
