"""The public bodies that a plan is about: places that govern, and organizations, each under one key."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db
from outreach.plan.aims import Expected


@dataclass(frozen=True, slots=True)
class Body:
    """One place or organization."""

    #: "place:jackson-county-mo" or "body:northeast-library".
    key: str
    name: str
    jurisdiction_id: int | None = None
    organization_id: int | None = None
    #: Of a place: region, county or city.
    level: str | None = None
    #: Of a place: the one above it.
    parent_id: int | None = None


class Bodies:
    """All of them, places before organizations, each list by name."""

    def __init__(self, rows: Iterable[Body]) -> None:
        self.by_key = {body.key: body for body in rows}
        self._by_name = {}
        for body in reversed(self.by_key.values()):
            self._by_name[body.name.casefold()] = body
            self._by_name[body.key.partition(":")[2].casefold()] = body
            if body.level:
                # As people write it: "Jackson County, MO".
                self._by_name[body.name.casefold().replace(" (", ", ").rstrip(")")] = body
        self._by_ids = {(body.jurisdiction_id, body.organization_id): body for body in self.by_key.values()}

    def named(self, name: str) -> Body | None:
        """The body of a name, a slug or a public id."""
        return self._by_name.get(name.strip().casefold())

    def of(self, jurisdiction_id: int | None, organization_id: int | None) -> Body | None:
        """The body that a row points to, if it points to one."""
        return self._by_ids.get((jurisdiction_id, organization_id))

    def name_of(self, key: str) -> str:
        """The name of a key; of one that nobody knows, the key."""
        return self.by_key[key].name if key in self.by_key else key

    def expected(self, whom: Expected, *, region: Jurisdiction | None) -> tuple[str, ...]:
        """Keys of all that are meant; a name that nobody knows stays as it is, so that it stays missing."""
        named = [body.key if (body := self.named(name)) else name for name in whom.names]
        inside = self._inside(region)
        placed = [body.key for body in self.by_key.values() if body.level in whom.levels and body in inside]
        return tuple(dict.fromkeys([*named, *placed]))

    def _inside(self, region: Jurisdiction | None) -> set[Body]:
        places = [body for body in self.by_key.values() if body.level]
        if region is None:
            return set(places)
        found, ids = set[Body](), {region.id}
        while ids:
            below = {body for body in places if body.parent_id in ids} - found
            found |= below
            ids = {body.jurisdiction_id for body in below if body.jurisdiction_id is not None}
        return found


def all_bodies() -> Bodies:
    """Every place and organization. Two queries."""
    places = db.session.execute(
        select(
            Jurisdiction.id,
            Jurisdiction.slug,
            Jurisdiction.name,
            Jurisdiction.state,
            Jurisdiction.level,
            Jurisdiction.parent_id,
        ).order_by(Jurisdiction.level, Jurisdiction.name, Jurisdiction.slug)
    )
    organizations = db.session.execute(
        select(Organization.id, Organization.public_id, Organization.name).order_by(Organization.name)
    )
    return Bodies(
        [
            *(
                Body(f"place:{slug}", f"{name} ({state})" if state else name, id_, None, level, parent_id)
                for id_, slug, name, state, level, parent_id in places
            ),
            *(Body(f"body:{public_id}", name, None, id_) for id_, public_id, name in organizations),
        ]
    )
