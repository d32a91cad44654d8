"""How a text says when, in full or shorter where a text would be too dear; pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from outreach.i18n import N_, Translator

#: In full; the weekday in letters that fit the small alphabet; without the weekday.
Form = Literal["full", "plain", "short"]
FORMS: tuple[Form, ...] = get_args(Form)

#: By ISO weekday, what people text instead of a name with a letter that makes a whole text dear. No native
#: speaker has read it; it is used only where the right spelling would cost a part too many.
_PLAIN_WEEKDAYS: Mapping[str, Mapping[int, str]] = {"es": {6: "sabado"}}


def day_and_time(local: datetime, t: Translator, form: Form, *, is_all_day: bool = False) -> str:
    """Weekday, day and month and the clock time of a wall time; of a whole day no time."""
    values = {
        "weekday": _weekday(local, t, form),
        "day": t.short_day(local.date()),
        "time": t.clock(local),
    }
    if form == "short":
        return values["day"] if is_all_day else t(N_("%(day)s, %(time)s"), **values)
    return t(N_("%(weekday)s, %(day)s") if is_all_day else N_("%(weekday)s, %(day)s, %(time)s"), **values)


def weekday_and_time(local: datetime, t: Translator, form: Form) -> str:
    """Weekday and clock time of a wall time that is near, so that the weekday always stays."""
    return t(N_("%(weekday)s, %(time)s"), weekday=_weekday(local, t, form), time=t.clock(local))


def _weekday(local: datetime, t: Translator, form: Form) -> str:
    plain = _PLAIN_WEEKDAYS.get(t.locale, {}) if form != "full" else {}
    return plain.get(local.isoweekday()) or t.weekday(local.date())
