"""The console's templates know its styles and icons, and the other way round: none is missing, none is left over."""

import re
from pathlib import Path
from typing import get_args

from projections.console.clocks import Due, Tone

CONSOLE = Path(__file__).parents[2] / "services" / "projections" / "console"
TEMPLATES = "".join(path.read_text() for path in sorted((CONSOLE / "templates").glob("*.html")))
SCRIPT = (CONSOLE / "static" / "console.js").read_text()
CODE = "".join(path.read_text() for path in sorted(CONSOLE.glob("*.py")))
STYLES = re.sub(
    r"/\*.*?\*/", "", "".join(path.read_text() for path in sorted((CONSOLE / "static").glob("*.css"))), flags=re.DOTALL
)
FILLS = {f"f-{Due(tone, '', '', '').fill}" for tone in get_args(Tone) if tone != "unjudged"}
"""What is unjudged has no bar."""


def test_every_class_has_a_style_and_every_style_is_of_a_class_that_a_page_has() -> None:
    selectors = " ".join(re.findall(r"([^{}]+){", STYLES))
    styled = set(re.findall(r"\.([a-z][\w-]*)", selectors))
    named = {*get_args(Tone), *FILLS} - {""}
    for names in re.findall(r'class(?:Name = |=)"([^"]*)"', TEMPLATES + SCRIPT):
        named |= set(re.sub(r"{%.*?%}|\S*{{.*?}}\S*", " ", names).split())
    assert named - styled == set()
    assert styled - named == set()


def test_every_property_of_the_styles_is_set_and_used() -> None:
    assert set(re.findall(r"(--[\w-]+):", STYLES)) == set(re.findall(r"var\((--[\w-]+)", STYLES))


def test_every_icon_is_drawn_and_every_drawing_is_an_icon_of_something() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', TEMPLATES))
    assert set(re.findall(r'icon\("([^"]+)"\)', TEMPLATES)) - drawn == set()
    assert drawn - set(re.findall(r'"([a-z]+)"', TEMPLATES.replace('id="', "") + CODE)) == set()
