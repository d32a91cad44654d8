"""What staff type about promises."""

from wtforms import Form, RadioField, SelectField, SelectMultipleField

from outreach.fields import CountField, DayField, LineField, LinesField
from outreach.i18n import N_
from outreach.plan.bodies import Bodies
from outreach.plan.deeds import CONTACTS, DeedDraft
from outreach.plan.upkeep import PromiseEdit
from outreach.web import lazy, t


class EditForm(Form):
    """Who looks after a promise, by when, and whom it must reach."""

    owner = SelectField(lazy(N_("Who looks after it")), validate_choice=False)
    due_words = LineField(lazy(N_("By when, in words")))
    expected = LinesField(lazy(N_("Whom it must reach, one name in a line")))

    def offer(self, staff: list[tuple[int, str]], bodies: Bodies, printed: str | None) -> None:
        """Offers everybody who may look after a promise; first whoever the plan prints."""
        self.owner.choices = [
            ("", printed or "—"),
            *((f"staff:{id_}", name) for id_, name in staff),
            *((body.key, body.name) for body in bodies.by_key.values() if body.organization_id),
        ]

    def draft(self) -> PromiseEdit:
        """What was typed."""
        names = tuple(name for name in (self.expected.data or "").splitlines() if name)
        return PromiseEdit(self.owner.data or "", self.due_words.data or "", names)


class DeedForm(Form):
    """Something that was done for a promise."""

    on = DayField(lazy(N_("On which day")))
    bodies = SelectMultipleField(lazy(N_("Whom it reached")), validate_choice=False)
    other = SelectField(lazy(N_("Another place or organization")), validate_choice=False)
    acknowledged_on = DayField(lazy(N_("Acknowledged on")))
    contact = RadioField(
        lazy(N_("How")),
        choices=lambda: [(key, t()(label)) for key, label in CONTACTS.items()],
        validate_choice=False,
    )
    quantity = CountField(lazy(N_("How many contacts")), default=1)
    title = LineField(lazy(N_("Title")))
    link = LineField(lazy(N_("Where it can be read")))
    note = LinesField(lazy(N_("Note")))

    def offer(self, bodies: Bodies, expected: tuple[str, ...]) -> None:
        """Offers those whom the promise must reach as boxes, everybody else in a list."""
        self.bodies.choices = [(key, bodies.name_of(key)) for key in expected if key in bodies.by_key]
        self.other.choices = [
            ("", "—"),
            *((body.key, body.name) for body in bodies.by_key.values() if body.key not in expected),
        ]

    def draft(self) -> DeedDraft:
        """What was typed."""
        chosen = (*(self.bodies.data or ()), self.other.data or "")
        contact = self.contact.data
        return DeedDraft(
            self.on.data,
            tuple(key for key in chosen if key),
            self.acknowledged_on.data,
            contact if isinstance(contact, str) and contact != "None" else None,
            self.quantity.data,
            self.title.data or "",
            self.link.data or "",
            self.note.data or "",
        )


class AcknowledgeForm(Form):
    """When a body said that it has what it was sent."""

    acknowledged_on = DayField(lazy(N_("Acknowledged on")))


class ItemForm(Form):
    """Something that is still to be done."""

    text = LineField(lazy(N_("What is to be done")))
    due_on = DayField(lazy(N_("Until")))
