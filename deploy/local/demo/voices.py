"""What invented complainants say, in Chinese and in English, put together from written-out fragments. Pure and seeded.

The fragments are data (`zh.toml`, `en.toml`). Nothing real stands in them: the company, its shops and cars are made up.
"""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

PRODUCTS = ("Linyu S5", "Linyu S7", "Rowan X3", "Rowan X6", "Birch van")
BRANCHES = ("harbour", "spruce-road", "north-garden", "old-pier", "south-bridge", "west-hall")
"""In the order in which both languages name them."""

AMOUNTS = (48, 90, 120, 260, 480, 690, 1250, 3600)
DAYS = (4, 6, 9, 12, 18, 25, 40)
KILOMETRES = (380, 620, 1200, 4700, 9300, 21000)


@dataclass(frozen=True)
class Said:
    """One complaint's words, and what they are about."""

    category: str
    product: str
    branch: str
    text: str
    demand: str


class Story(BaseModel):
    """One thing that happened; any of what came of it goes with any of what is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    happened: str
    since: list[str]
    wanted: list[str]


class Theme(BaseModel):
    """The stories of one category."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    category: str
    stories: list[Story]


class Voice(BaseModel):
    """All themes in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    joint: str
    """What stands between two sentences."""
    amount: str
    openings: list[str]
    closings: list[str]
    cars: list[str]
    shops: list[str]
    theme: list[Theme]

    def says(self, chance: random.Random) -> Said:
        """One complaint, as `chance` has it."""
        category, story = chance.choice([(theme.category, story) for theme in self.theme for story in theme.stories])
        product, branch = chance.randrange(len(PRODUCTS)), chance.randrange(len(BRANCHES))
        slots = {
            "car": self.cars[product],
            "shop": self.shops[branch],
            "days": chance.choice(DAYS),
            "km": chance.choice(KILOMETRES),
            "amount": self.amount.format(chance.choice(AMOUNTS)),
        }
        chosen = (
            chance.choice(self.openings),
            story.happened,
            chance.choice(story.since),
            chance.choice(self.closings),
        )
        sentences = [_sentence(fragment.format(**slots)) for fragment in chosen if fragment]
        wanted = _sentence(chance.choice(story.wanted).format(**slots))
        return Said(category, PRODUCTS[product], BRANCHES[branch], self.joint.join(sentences), wanted)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _cases() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))


def told_case(name: str) -> dict[str, Any]:
    """The written-out case of that name: members of a lodging."""
    return dict(_cases()[name])


@cache
def voice(language: str) -> Voice:
    """The fragments of `zh` or `en`."""
    path = Path(__file__).with_name(f"{language}.toml")
    return Voice.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
