"""The list of channels: only what is read stands in it."""

from intake.channels import CHANNELS, CHECKS
from shipped import edition

SHIPPED = edition("channels", CHANNELS).text


def test_the_shipped_list_is_sound() -> None:
    assert CHECKS["channels"](CHANNELS, SHIPPED, {}) == ()


def test_what_is_owed_on_a_channel_is_said_by_the_packs_alone() -> None:
    """R83: a second place for it would be a field that nobody reads, and could say something else."""
    (finding,) = CHECKS["channels"](CHANNELS, SHIPPED.replace("[channel.app]", "[channel.app]\nnet = true"), {})
    assert "net" in finding.place
