"""For whom a page is written: language, zone, time, rights. Says times, spans and amounts as this reader reads them.

Pure. Times come as the views keep them (UTC text) and are shown in the reader's zone, on a clock of 24 hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.roles import OPENING
from projections.console.words import Words

_SIGNS = {"CNY": "¥", "EUR": "€", "USD": "$"}
SHORT_ID_CHARS = 8
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Text:
    """Words of a person: shown as they are, in their own language; or why they are not shown."""

    text: str
    lang: str | None = None
    closed: bool = False
    """They are sealed to this reader, or gone; `text` says so in the reader's language."""


@dataclass(frozen=True)
class Reader:
    """A person in front of a page, at one moment."""

    words: Words
    zone: ZoneInfo
    now: datetime
    subject: str
    roles: frozenset[str]

    @property
    def opens(self) -> bool:
        """Whether they may open any case, and so what names cases."""
        return bool(self.roles & OPENING)

    def local(self, stamp: str) -> datetime:
        """A time of the views on this reader's clock."""
        return datetime.fromisoformat(stamp).astimezone(self.zone)

    def time(self, stamp: str) -> str:
        """The time of day."""
        return self.local(stamp).strftime("%H:%M")

    def day(self, stamp: str) -> str:
        """The day: without a year where it is this one."""
        return self._day(self.local(stamp), "time.day", "time.day_of_year")

    def weekday(self, stamp: str) -> str:
        """The day with its weekday: what heads a day of a timeline."""
        return self._day(self.local(stamp), "time.weekday", "time.weekday_of_year")

    def moment(self, stamp: str) -> str:
        """Day and time, as short as is clear today."""
        local, today = self.local(stamp), self.now.astimezone(self.zone)
        time = local.strftime("%H:%M")
        if local.date() == today.date():
            return self.words.t("time.today", time=time)
        return self.words.t("time.moment", day=self.day(stamp), time=time)

    def _day(self, local: datetime, short: str, long: str) -> str:
        key = short if local.year == self.now.astimezone(self.zone).year else long
        return self.words.t(
            key,
            year=local.year,
            month=self.words.t(f"time.month.{local.month}"),
            day=local.day,
            weekday=self.words.t(f"time.weekday_name.{local.isoweekday()}"),
        )

    def span(self, span: timedelta, day_seconds: int = DAY_SECONDS) -> str:
        """How long, in its two largest units; never a negative one. `day_seconds`: of a day of that time."""
        seconds = int(abs(span).total_seconds())
        days, rest = divmod(seconds, day_seconds)
        hours, minutes = (rest if days else seconds) // 3600, seconds // 60
        if days:
            return self.words.t("time.days_hours", days=f"{days:,}", hours=hours)
        if hours:
            return self.words.t("time.hours_minutes", hours=hours, minutes=minutes % 60)
        return self.words.t("time.minutes", minutes=minutes) if minutes else self.words.t("time.under_a_minute")

    def until(self, stamp: str) -> timedelta:
        """From now to a time; negative where it has passed."""
        return datetime.fromisoformat(stamp) - self.now

    def zone_name(self) -> str:
        """The zone's name with its offset now, such as `Asia/Shanghai, UTC+08:00`."""
        offset = self.now.astimezone(self.zone).strftime("%z")
        return self.words.t("time.zone", name=self.zone.key, offset=f"{offset[:3]}:{offset[3:]}")

    def money(self, minor: int, currency: str) -> str:
        """An amount, given in minor units."""
        return f"{_SIGNS.get(currency, currency + ' ')}{minor / 100:,.2f}"

    def percent(self, share: float) -> str:
        """A share of 100 with one decimal."""
        return self.words.t("figure.percent", share=f"{share:.1f}")

    def said(self, value: object, lang: str | None = None) -> Text | None:
        """A personal text of a view, opened or not (`{"sealed": why}`)."""
        if isinstance(value, Mapping):
            why: Mapping[str, Any] = value
            return Text(self.words.of("sealed", str(why.get("sealed", "unreadable"))), closed=True)
        return Text(str(value), lang) if value else None


def language_of(code: str | None) -> str | None:
    """The `lang` of somebody's words, where it is known."""
    return None if code in (None, "und", "") else code


def short_id(complaint_id: str) -> str:
    """How a case is called in a list; its whole id stands in its address."""
    return complaint_id[:SHORT_ID_CHARS]


def utc_now() -> datetime:
    """The time at the edge; everything inside is given it."""
    return datetime.now(UTC)
