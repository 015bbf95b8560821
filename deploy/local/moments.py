"""Times that a person types: each with its zone, and such as a fact may have. Must not: know what one is for."""

from datetime import UTC, datetime

import typer

from events.fact import EARLIEST, LAST


def moment(text: str | None, option: str) -> datetime | None:
    """The time in UTC, None where none was given. Raises what the command line says of that option."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
        zoned = None if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text} is no time such as 2026-10-01T00:00+08:00", param_hint=option) from error
    if zoned is None:
        raise typer.BadParameter(f"{text} has no zone; write {read.isoformat()}Z for UTC", param_hint=option)
    if not EARLIEST <= zoned <= LAST:
        raise typer.BadParameter(f"{text} is not between {EARLIEST:%Y} and {LAST:%Y}", param_hint=option)
    return zoned
