"""What forms of all features share: fields that read what people type, and refusals put where they belong.

An edge that other edges use; it knows no feature. A field never says no in its library's words: those
speak English only.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import DateField, Field, Form, IntegerField, StringField, TextAreaField, TimeField

from outreach.errors import InvalidInputError, InvalidInputsError, OutreachError
from outreach.i18n import N_
from outreach.web import t

#: Signs that turn the direction of everything behind them; a title must not do that to a page.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def one_line(text: str | None) -> str:
    """What was typed as one line, without signs that nobody sees."""
    visible = (text or "").translate(_TURNS)
    return " ".join("".join(" " if ord(sign) < 32 or ord(sign) == 127 else sign for sign in visible).split())


def lines(text: str | None) -> str:
    """What was typed, its lines kept, without other signs that nobody sees."""
    return "\n".join(one_line(line) for line in (text or "").splitlines()).strip()


def sent() -> ImmutableMultiDict[str, str] | None:
    """What this request sent of a form, without NULs; None where it only asks for the empty one."""
    if request.method != "POST":
        return None
    return ImmutableMultiDict(
        (name, value.replace("\0", "")) for name, value in request.form.items(multi=True)
    )


class SentForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """A form with a secret against forgery, which reads fields of text and nothing else that may be sent."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How such a form reads a request."""

        def wrap_formdata(self, form: Form, formdata: object) -> ImmutableMultiDict[str, str] | None:
            """What was sent; the library would also read JSON and files, which no field here expects."""
            return None if formdata is None else sent()


def revision_seen() -> int:
    """The revision of whatever stood on the page that was sent back; 0 where the form names none."""
    return request.form.get("revision", 0, type=int)


class LineField(StringField):
    """One line of text; empty when nothing came."""

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Tidies what was typed."""
        self.data = one_line(str(valuelist[0])) if valuelist else self.data or ""


class LinesField(TextAreaField):
    """Several lines of text; empty when nothing came."""

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Tidies what was typed."""
        self.data = lines(str(valuelist[0])) if valuelist else self.data or ""


class DayField(DateField):
    """A day, from a browser's calendar or typed by hand."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%m/%d/%Y"], **kwargs)

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Reads the day; an empty one is None."""
        self.data: date | None = None
        if valuelist and str(valuelist[0]).strip():
            try:
                super().process_formdata([str(valuelist[0]).strip()])
            except ValueError:
                raise ValueError(t()(N_("Enter a day like 2026-09-14."))) from None


class ClockField(TimeField):
    """A time of day, from a browser's clock or typed by hand."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(
            label, format=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"], **kwargs
        )

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Reads the time, to the minute; an empty one is None."""
        self.data: time | None = None
        if valuelist and str(valuelist[0]).strip():
            try:
                super().process_formdata([str(valuelist[0]).strip().upper()])
            except ValueError:
                raise ValueError(t()(N_("Enter a time like 6:30 PM."))) from None
            self.data = self.data and self.data.replace(second=0)


class CountField(IntegerField):
    """A whole number in the digits of any script."""

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        """Reads the number; nothing typed is None."""
        self.data: int | None = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if text:
            if not text.removeprefix("-").isdecimal() or len(text) > 9:
                raise ValueError(t()(N_("Enter a whole number.")))
            self.data = int(text)


def tell(form: Form, error: OutreachError, *, places: Mapping[str, Field] | None = None) -> None:
    """Puts a refusal at the fields that it is about, or above them all where it is about none of them.

    `places` names the field for what a service calls otherwise. The form must have been validated
    before: that would wipe these sentences away.
    """
    known = {**{field.name: field for field in form}, **(places or {})}
    for problem in error.problems if isinstance(error, InvalidInputsError) else [error]:
        field = known.get(problem.field) if isinstance(problem, InvalidInputError) else None
        sentence = said(problem)
        if field is None:
            form.form_errors = [*form.form_errors, sentence]
        else:
            field.errors = [*field.errors, sentence]


def said(error: OutreachError) -> str:
    """An error in the reader's language, its dates as people write them."""
    spoken = t()
    values = {
        name: spoken.day(value) if isinstance(value, date) else value for name, value in error.values.items()
    }
    return spoken(error.message, **values)
