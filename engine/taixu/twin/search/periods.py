"""When: spans of time as people say them, in English and in Chinese. A night is from 18:00 to 06:00."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from taixu.errors import TaixuError

__all__ = ["Span", "take_period"]

Span = tuple[int, int]
_HOUR = timedelta(hours=1)
_UNITS = {"s": 1, "秒": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "d": 86400, "天": 86400, "w": 604800, "周": 604800}
_UNIT = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|秒钟|秒|分钟|个小时|小时|天|周)"
_NUMBER = r"(?P<number>\d{1,6}(?:\.\d{1,6})?)"
_CLOCK = r"(?:[01]?\d|2[0-4])(?::[0-5]\d|点半|点|时)"
_DATE = r"(?:\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日)"
_MOMENT = rf"(?:{_DATE}[t ]?(?:{_CLOCK})?|{_CLOCK})"
_MOST_SECS = 3.2e9
_DAYS: dict[str, tuple[float, float]] = {
    r"last night|昨天晚上|昨夜|昨晚": (-6, 6), r"yesterday|昨天|昨日": (-24, 0), r"tonight|今天晚上|今晚": (18, 30),
    r"this morning|今天早上|今天上午|今早": (0, 12), r"this afternoon|今天下午": (12, 18), r"today|今天|今日": (0, 24),
}  # fmt: skip
"""Hours from this day's midnight."""


def take_period(text: str, *, now_ns: int, zone: tzinfo) -> tuple[Span | None, str]:
    """The span of time that a text names, and the text without it.

    Parameters
    ----------
    text
        As `plain` gives it.

    Raises
    ------
    TaixuError
        When it names two, or one that no calendar has.
    """
    try:
        now = datetime.fromtimestamp(now_ns / 1e9, zone)
        found: list[Span] = []
        for pattern, read in _READERS:
            match = pattern.search(text)
            while match is not None and len(found) < 2:
                begin, end = read(match, now)
                found.append((_ns(begin), _ns(min(end, now) if begin <= now else end)))
                text = f"{text[: match.start()]} | {text[match.end() :]}"
                match = pattern.search(text)
    except (ValueError, OverflowError, OSError):
        raise TaixuError("that is a time that no calendar has") from None
    if len(found) > 1:
        raise TaixuError("it names two times; name one, such as last night, or between 08:00 and 10:00")
    if found and found[0][0] > found[0][1]:
        raise TaixuError("that time ends before it begins")
    return (found[0] if found else None), text


def _ns(moment: datetime) -> int:
    return max(round(moment.astimezone(UTC).timestamp() * 1e6) * 1000, 0)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _of_day(first: float, last: float) -> Callable[[re.Match[str], datetime], tuple[datetime, datetime]]:
    return lambda match, now: (_midnight(now) + first * _HOUR, _midnight(now) + last * _HOUR)


def _lately(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    unit = (match["unit"] or "h").removeprefix("个")
    secs = float(match["number"] or 1) * _UNITS[unit[0]]
    if secs > _MOST_SECS:
        raise TaixuError(f"{match[0][:40]!r} is longer than any recording")
    return now - timedelta(seconds=secs), now


def _ago(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    moment, _ = _lately(match, now)
    return moment, moment


def _moment(text: str, now: datetime, *, after: datetime | None = None) -> tuple[datetime, bool]:
    """A moment, and whether it is a whole day. A clock alone is of this day, or of the day before where that is to come."""
    date = re.match(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?", text)
    clock = re.search(r"(\d{1,2})(?::(\d\d)|点半|点|时)$", text)
    day = _midnight(now)
    if date is not None:
        day = day.replace(year=int(date[1]), month=int(date[2]), day=int(date[3]))
    if clock is None:
        return day, True
    minute = int(clock[2]) if clock[2] else 30 if text.endswith("半") else 0
    found = day + timedelta(hours=int(clock[1]), minutes=minute)
    if date is None and after is not None:
        found = after.replace(hour=0, minute=0) + timedelta(hours=int(clock[1]), minutes=minute)
        return (found if found > after else found + 24 * _HOUR), False
    return (found - 24 * _HOUR if date is None and found > now else found), False


def _between(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    begin, _ = _moment(match["begin"].strip(), now)
    end, is_day = _moment(match["end"].strip(), now, after=begin)
    return begin, end + 24 * _HOUR if is_day else end

def _begun(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    return _moment((match["begin"] or match["begun"]).strip(), now)[0], now


def _at(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    begin, is_day = _moment(match["begin"].strip(), now)
    return begin, begin + 24 * _HOUR if is_day else begin


_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], tuple[datetime, datetime]]]] = [
    (re.compile(rf"(?:between|from|从) ?(?P<begin>{_MOMENT}) ?(?:and|to|until|till|到|至) ?(?P<end>{_MOMENT})(?:之间)?"), _between),
    (re.compile(rf"(?P<begin>{_MOMENT}) ?(?:-|~|到|至) ?(?P<end>{_MOMENT})(?:之间)?"), _between),
    (re.compile(rf"(?:since|after) (?P<begin>{_MOMENT})|(?P<b>自从?)(?P<begun>{_MOMENT})"), _begun),
    (re.compile(rf"(?:in|during|over|within)? ?(?:the )?(?:last|past) (?:{_NUMBER} )?{_UNIT}\b"), _lately),
    (re.compile(rf"(?:最近|过去|近)的?{_NUMBER} ?{_UNIT}(?:内|里|中)?"), _lately),
    (re.compile(rf"{_NUMBER} ?{_UNIT} ?(?:ago|以?前)"), _ago),
    (re.compile(rf"(?:\b(?:on|at) |在)?(?P<begin>{_MOMENT})"), _at),
    *((re.compile(rf"(?:{words})"), _of_day(*hours)) for words, hours in _DAYS.items()),
]  # fmt: skip
