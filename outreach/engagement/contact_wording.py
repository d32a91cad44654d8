"""The two tiles about contact in plain words; pure."""

from outreach.engagement import contact, encounters
from outreach.engagement.contact import Contact
from outreach.engagement.wording import Tile
from outreach.i18n import N_, Translator


def tiles(found: Contact, t: Translator) -> list[Tile]:
    """What people said on leaving, and where cards are used, whom their holders saw again."""
    return [_talk(found, t), *([_seen_again(found, t)] if found.uses_cards or found.met else [])]


def _talk(found: Contact, t: Translator) -> Tile:
    share = contact.talked(found.talk)
    least, most = contact.talked_at_least(found.talk), contact.talked_at_most(found.talk)
    sentences = []
    if share.value is not None:
        sentences.append(
            t(
                N_(
                    "%(share)s of the answers say: I talked for at least five minutes with somebody of a"
                    " different background."
                ),
                share=t.percent(share.value),
            )
        )
    if least.value is not None and most.value is not None:
        sentences.append(
            t(
                N_("If everyone had answered, it could be from %(low)s to %(high)s of the people there."),
                low=t.percent(least.value),
                high=t.percent(most.value),
            )
        )
    if share.reason is not None:
        sentences.append(t(share.reason))
    if found.talk.events:
        sentences.append(
            t.plural(
                "%(count)s event asked this on leaving.",
                "%(count)s events asked this on leaving.",
                found.talk.events,
            )
        )
    return Tile(
        "talk",
        t(N_("Real conversation")),
        t(N_("Not enough answers")) if share.value is None else t.percent(share.value),
        tuple(sentences),
        ("talked", "talked_at_least", "talked_at_most", "talk_answered", "talk_events"),
    )


def _seen_again(found: Contact, t: Translator) -> Tile:
    sentences = [t(contact.NO_CARDS)]
    headline = t(N_("Not enough answers"))
    share = None if found.met is None else encounters.seen_again(found.met).value
    if share is not None:
        headline = t.percent(share)
        sentences = [
            t(
                N_(
                    "%(share)s of the people who carry a connection card were in a small room with the same"
                    " person of the other group twice or more in a quarter."
                ),
                share=headline,
            ),
            t(N_("They chose to carry a card, so they are not like everybody.")),
        ]
    return Tile(
        "again",
        t(N_("Seen again")),
        headline,
        tuple(sentences),
        (
            "seen_again", "newcomers_reached", "newcomers_reached_again", "residents_reached",
            "residents_reached_again", "pairs_met", "pairs_met_by_chance", "pairs_met_again",
            "pairs_met_again_by_chance", "assortativity",
        ),
    )  # fmt: skip
