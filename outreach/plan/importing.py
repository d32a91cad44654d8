"""Reads a plan from its JSON file into plain values, or says what is wrong and where; pure.

The file is a tree strategies > objectives > actions > commitments. A field that is missing, misspelled
in a commitment, or of the wrong kind refuses the whole file. Where it gives only words for a time, or
does not say what keeps a promise, `due_words` and `aims` read it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.kinds import KINDS
from outreach.i18n import N_
from outreach.plan.aims import PROGRESS_KINDS, ProgressKind, progress_kind
from outreach.plan.due_words import NO_DUE, Due, read_due

LARGEST_COUNT = 10_000
#: PostgreSQL takes no NUL, and no encoding takes half of a pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
#: More problems than this help nobody.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class CommitmentDraft:
    """One promise of an action."""

    ref: str
    kind: str
    text: str
    count: int | None
    is_minimum: bool
    count_verbatim: str | None
    count_note: str | None
    due: Due
    responsible: str | None
    partners: tuple[str, ...]
    audience: str | None
    counts_kinds: tuple[str, ...]
    is_done: bool
    progress_kind: ProgressKind
    #: Whom it must reach: names, or slugs of places; None where the file says nothing about it.
    expected: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """A strategy, objective or action with what is below it; only actions have commitments."""

    ref: str
    level: str
    text: str
    models: tuple[str, ...]
    children: tuple["NodeDraft", ...]
    commitments: tuple[CommitmentDraft, ...]


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A whole plan as its file has it."""

    title: str
    prepared_by: str | None
    prepared_on: date | None
    starts_on: date | None
    ends_on: date | None
    vision: str | None
    goal: str | None
    governance: str | None
    source_url: str | None
    strategies: tuple[NodeDraft, ...]


def read(text: str) -> PlanDraft:
    """The plan in a file's text. Raises InvalidInputError for a text that is not JSON, else as `plan_of`."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            N_("This is not a JSON file. Line %(line)s, column %(column)s: %(reason)s."),
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from None
    except (RecursionError, ValueError):
        # Nested without end, or a number of thousands of digits.
        raise InvalidInputError(N_("This file cannot be a plan.")) from None
    return plan_of(value)


def plan_of(value: object) -> PlanDraft:
    """The plan in a JSON value.

    Raises InvalidInputsError with every problem and its place ("strategies[2].objectives[0].title").
    """
    problems: list[InvalidInputError] = []
    plan = _plan(_Part(value, "", problems))
    _check_refs(plan, problems)
    if problems:
        raise InvalidInputsError(problems[:_TOLD])
    return plan


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the file with its place; what it cannot give is noted as a problem, and is nothing then."""

    value: Any
    place: str
    problems: list[InvalidInputError]
    #: The day from which "within six months" counts.
    said_on: date | None = None

    def refuse(self, name: str, message: str, **values: object) -> None:
        place = f"{self.place}.{name}".strip(".") or "file"
        self.problems.append(InvalidInputError(message, field=place, place=place, **values))

    def get(self, name: str) -> Any:
        if isinstance(self.value, dict):
            return self.value.get(name)
        return None

    def text(self, name: str, *, most: int = 2000) -> str:
        found = self.maybe_text(name, most=most)
        if found is None:
            if self.get(name) is None:
                self.refuse(name, N_("%(place)s: this text is missing."))
            return ""
        return found

    def maybe_text(self, name: str, *, most: int = 2000) -> str | None:
        found = self.get(name)
        if found is None:
            return None
        if not isinstance(found, str) or not found.strip():
            self.refuse(name, N_("%(place)s: this must be a text."))
        elif len(found) > most:
            self.refuse(name, N_("%(place)s: use at most %(count)s letters."), count=most)
        elif _UNSTORABLE.search(found):
            self.refuse(name, N_("%(place)s: there is a sign in here that no text can hold."))
        else:
            return found.strip()
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(
            isinstance(item, str) and item.strip() and not _UNSTORABLE.search(item) for item in found
        ):
            self.refuse(name, N_("%(place)s: this must be a list of texts."))
            return ()
        return tuple(item.strip() for item in found)

    def day(self, name: str) -> date | None:
        found = self.get(name)
        if found is None:
            return None
        try:
            # Only this form: Python would also read week dates and compact ones.
            if isinstance(found, str) and len(found) == len("2018-12-31"):
                return date.fromisoformat(found)
        except ValueError:
            pass
        self.refuse(name, N_("%(place)s: this must be a day like 2018-12-31."))
        return None

    def flag(self, name: str) -> bool:
        found = self.get(name)
        if not isinstance(found, bool | None):
            self.refuse(name, N_("%(place)s: this must be true, false or null."))
            return False
        return bool(found)

    def count(self, name: str) -> int | None:
        found = self.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= LARGEST_COUNT:
            self.refuse(name, N_("%(place)s: this must be a number from 1 to %(most)s."), most=LARGEST_COUNT)
            return None
        return found

    def parts(self, name: str) -> list["_Part"]:
        found = self.get(name)
        if not isinstance(found, list):
            self.refuse(name, N_("%(place)s: this list is missing."))
            return []
        place = f"{self.place}.{name}".strip(".")
        parts = [replace(self, value=item, place=f"{place}[{index}]") for index, item in enumerate(found)]
        return [part for part in parts if part.is_object()]

    def part(self, name: str) -> "_Part":
        return replace(self, value=self.get(name), place=f"{self.place}.{name}".strip("."))

    def is_object(self) -> bool:
        if isinstance(self.value, dict):
            return True
        self.refuse("", N_("%(place)s: this must be an object in braces."))
        return False

    def knows_only(self, *names: str) -> None:
        """A misspelled field would be lost without a word, and with it what counts toward a promise."""
        if isinstance(self.value, dict):
            for name in self.value.keys() - set(names):
                self.refuse(str(name), N_("%(place)s: we do not know this field."))


def _plan(part: _Part) -> PlanDraft:
    if not part.is_object():
        return PlanDraft("", None, None, None, None, None, None, None, None, ())
    period = part.part("period")
    starts_on, ends_on = period.day("start"), period.day("end")
    if starts_on and ends_on and ends_on < starts_on:
        period.refuse("end", N_("%(place)s: the end is before the start."))
    prepared_on = part.day("prepared_on")
    part = replace(part, said_on=prepared_on)
    plan = PlanDraft(
        title=part.text("title", most=200),
        prepared_by=part.maybe_text("prepared_by", most=200),
        prepared_on=prepared_on,
        starts_on=starts_on,
        ends_on=ends_on,
        vision=part.maybe_text("vision"),
        goal=part.maybe_text("goal"),
        governance=part.maybe_text("governance"),
        source_url=_address(part, "source_url"),
        strategies=tuple(_strategy(strategy) for strategy in part.parts("strategies")),
    )
    if not any(node.commitments for node in nodes_of(plan.strategies)):
        part.refuse("strategies", N_("%(place)s: there is not one commitment in it."))
    _check_totals(part, plan)
    return plan


def _address(part: _Part, name: str) -> str | None:
    found = part.maybe_text(name, most=500)
    if found is not None and not found.startswith(("https://", "http://")):
        part.refuse(name, N_("%(place)s: this must be a web address."))
    return found


def _strategy(part: _Part) -> NodeDraft:
    children = tuple(_objective(objective) for objective in part.parts("objectives"))
    return _node(part, "strategy", part.text("title"), children=children)


def _objective(part: _Part) -> NodeDraft:
    children = tuple(_action(action) for action in part.parts("actions"))
    return _node(part, "objective", part.text("title"), children=children)


def _action(part: _Part) -> NodeDraft:
    commitments = tuple(_commitment(commitment) for commitment in part.parts("commitments"))
    return _node(part, "action", part.text("action"), commitments=commitments)


def _node(
    part: _Part,
    level: str,
    text: str,
    *,
    children: tuple[NodeDraft, ...] = (),
    commitments: tuple[CommitmentDraft, ...] = (),
) -> NodeDraft:
    return NodeDraft(part.text("id", most=40), level, text, part.texts("models"), children, commitments)


def _commitment(part: _Part) -> CommitmentDraft:
    part.knows_only(
        "id", "kind", "commitment", "count", "count_is_minimum", "count_verbatim", "count_note", "due",
        "responsible_organization", "partners", "audience", "counts_events_of_kind", "already_done_in_source",
        "progress", "expected",
    )  # fmt: skip
    kinds = part.texts("counts_events_of_kind")
    for kind in kinds:
        if kind not in KINDS:
            part.refuse(
                "counts_events_of_kind", N_("%(place)s: there is no kind of event named %(kind)s."), kind=kind
            )
    word = part.text("kind", most=40)
    return CommitmentDraft(
        ref=part.text("id", most=40),
        kind=word,
        text=part.text("commitment"),
        count=part.count("count"),
        is_minimum=part.flag("count_is_minimum"),
        count_verbatim=part.maybe_text("count_verbatim"),
        count_note=part.maybe_text("count_note"),
        due=_due(part.part("due")),
        responsible=part.maybe_text("responsible_organization", most=200),
        partners=part.texts("partners"),
        audience=part.maybe_text("audience"),
        counts_kinds=kinds,
        is_done=part.flag("already_done_in_source"),
        progress_kind=_progress_kind(part, word, kinds),
        expected=None if part.get("expected") is None else part.texts("expected"),
    )


def _progress_kind(part: _Part, word: str, kinds: tuple[str, ...]) -> ProgressKind:
    """What keeps the promise: what the file says, or what follows from its words."""
    stated = part.get("progress")
    if stated is None:
        return progress_kind(word, counts_events=bool(kinds))
    found = next((kind for kind in PROGRESS_KINDS if kind == stated), None)
    if found is None:
        part.refuse("progress", N_("%(place)s: use one of %(choices)s."), choices=", ".join(PROGRESS_KINDS))
    elif found == "events" and not kinds:
        part.refuse("counts_events_of_kind", N_("%(place)s: say which kinds of events count."))
    return found or "milestone"


def _due(part: _Part) -> Due:
    if part.value is None or not part.is_object():
        return NO_DUE
    part.knows_only("verbatim", "type", "start", "end", "ambiguous")
    verbatim = part.maybe_text("verbatim", most=200)
    if all(part.get(name) is None for name in ("type", "start", "end", "ambiguous")):
        return read_due(verbatim, said_on=part.said_on)
    starts_on, ends_on = part.day("start"), part.day("end")
    if starts_on and ends_on and ends_on < starts_on:
        part.refuse("end", N_("%(place)s: the end is before the start."))
    return Due(verbatim, part.text("type", most=20), starts_on, ends_on, part.flag("ambiguous"))


def nodes_of(nodes: tuple[NodeDraft, ...]) -> Iterator[NodeDraft]:
    """Every node in the order in which a plan is read."""
    for node in nodes:
        yield node
        yield from nodes_of(node.children)


def _check_refs(plan: PlanDraft, problems: list[InvalidInputError]) -> None:
    seen: set[str] = set()
    for node in nodes_of(plan.strategies):
        for ref in (node.ref, *(commitment.ref for commitment in node.commitments)):
            if ref and ref in seen:
                problems.append(
                    InvalidInputError(N_("%(place)s: this id is used twice."), field=ref, place=ref)
                )
            seen.add(ref)


def _check_totals(part: _Part, plan: PlanDraft) -> None:
    """Compares the file's own totals, where it gives any: a file that lost its end still reads well."""
    totals = part.part("totals")
    if totals.value is None or not totals.is_object():
        return
    nodes = list(nodes_of(plan.strategies))
    counted = {
        "strategies": sum(node.level == "strategy" for node in nodes),
        "objectives": sum(node.level == "objective" for node in nodes),
        "actions": sum(node.level == "action" for node in nodes),
        "commitments": sum(len(node.commitments) for node in nodes),
    }
    for name, number in counted.items():
        if totals.get(name) not in (None, number):
            totals.refuse(
                name, N_("%(place)s: this says %(said)s, but the file holds %(held)s."),
                said=totals.get(name), held=number,
            )  # fmt: skip
