"""Who may take what is offered, read from the organisation that is shipped (`rules/organisation/default.toml`).

Lives here: which posts a reader's roles stand for, so that the console offers only what may be done. Must not: decide.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ORGANISATION = Path("organisation") / "default.toml"


@dataclass(frozen=True)
class Desk:
    """The posts of the organisation: who may take what is offered to each."""

    roles_of_post: Mapping[str, frozenset[str]]
    may_take_any: frozenset[str]

    def posts_of(self, roles: frozenset[str]) -> list[str]:
        """The posts that somebody with these roles stands for."""
        return [post for post, takers in self.roles_of_post.items() if roles & takers]

    def may_take(self, offered_to: str | None, subject: str, roles: frozenset[str]) -> bool:
        """Whether the offer may be this person's to take."""
        if offered_to is None:
            return False
        return offered_to == subject or bool(
            roles & (self.roles_of_post.get(offered_to, frozenset()) | self.may_take_any)
        )


def read_desk(rules_dir: Path) -> Desk:
    """The organisation of a rules folder."""
    table = tomllib.loads((rules_dir / ORGANISATION).read_text(encoding="utf-8"))
    posts = {post["name"]: frozenset(post["roles"]) for post in table["post"]}
    return Desk(posts, frozenset(table["may_take_any"]))
