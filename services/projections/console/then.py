"""A case as it was: the moment that a reader asks for, on the reader's own clock.

Pure. Must not: show the case (that is `case`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from projections.console.reader import Reader
from projections.reckoning import Moments
from projections.views.told import stamp
from runtime.problems import Problem


@dataclass(frozen=True)
class Then:
    """What the page says of its moment. `said` is empty where it shows the case as it is."""

    said: str
    as_of: str
    """As the form's fields hold them: local time without a zone, or nothing."""
    known_at: str
    query: Mapping[str, str]
    """What keeps links of the page at the same moment: to the last figure, and with its zone."""


def asked(as_of: str | None, known_at: str | None, reader: Reader) -> Moments:
    """The moments in a form; a time without a zone is one of the reader's clock. Raises Problem 400."""
    return Moments(_moment(as_of, reader), _moment(known_at, reader))


def _moment(text: str | None, reader: Reader) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=reader.zone)).astimezone(reader.now.tzinfo)
    except (ValueError, OverflowError):
        raise Problem(400, "query-parameter-invalid", "a moment is a date and a time") from None


def shown(moments: Moments, reader: Reader) -> Then:
    """The moments in words, and as the form takes them."""
    words = reader.words
    as_of, known_at = (None if one is None else stamp(one) for one in (moments.as_of, moments.known_at))
    said = ""
    if as_of and known_at:
        said = words.t("then.both", at=reader.moment(as_of), known=reader.moment(known_at))
    elif as_of:
        said = words.t("then.as_of", at=reader.moment(as_of))
    elif known_at:
        said = words.t("then.known_at", known=reader.moment(known_at))
    query = {name: one for name, one in (("as_of", as_of), ("known_at", known_at)) if one is not None}
    return Then(said, _field(as_of, reader), _field(known_at, reader), query)


def _field(moment: str | None, reader: Reader) -> str:
    """As a browser's field takes it: to the second only where there is one, and to the thousandth at most."""
    if moment is None:
        return ""
    whole = reader.local(moment).replace(tzinfo=None)
    if whole.microsecond:
        return whole.isoformat(timespec="milliseconds")
    return whole.isoformat(timespec="seconds" if whole.second else "minutes")
