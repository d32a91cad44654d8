"""Words by which people refuse texts, want them again or ask for help, in every language at once.

Read before any conversation, whatever languages a region offers: a refusal counts in the language it
comes in. Knows no phone number and no ledger; what follows from a word is the caller's.

The table is of 2026-11-23. No native speaker has reviewed any row of it: `is_reviewed` says so for
each, and the comment beside each stop word is a translation back into English made apart from the
choosing of the word. The English words are those of 47 CFR 64.1200(a)(10) and of the vendor.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from outreach.folding import folded

Word = Literal["stop", "start", "help", "maybe_stop"]


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words, written as people write them; see `read` for what each kind does."""

    stop: tuple[str, ...]
    #: Phrases that refuse texts wherever in a message they stand.
    refusals: tuple[str, ...]
    start: tuple[str, ...]
    help: tuple[str, ...]
    #: Whether a native speaker has been through the row.
    is_reviewed: bool = False


WORDS: Mapping[str, Words] = {
    "en": Words(
        stop=(
            "stop", "stopall", "stop all", "unsubscribe", "end", "quit", "revoke", "optout", "opt out",
            "cancel",
        ),
        refusals=(
            "stop texting me", "stop messaging me", "stop sending me", "do not text me", "dont text me",
            "do not message me", "dont message me", "no more texts", "no more messages", "leave me alone",
            "take me off your list", "take me off the list", "remove me from your list",
            "remove me from the list",
        ),
        start=("start", "unstop", "subscribe", "optin", "opt in"),
        help=("help", "info"),
    ),
    "es": Words(
        stop=(
            "alto",  # halt
            "parar",  # to stop
            "pare",  # stop (polite)
            "detener",  # to stop something
            "basta",  # enough
            "baja",  # leaving a list
            "cancelar",  # to cancel
            "cancele",  # cancel (polite)
            "no más",  # no more; alone only, since "no más 3" means "just 3"
        ),
        refusals=(
            "no más mensajes",  # no more messages
            "no más textos",  # no more texts
            "no me escriban",  # do not write to me
            "no me escriba",  # do not write to me (one person)
            "no me manden",  # do not send me
            "no me envíen",  # do not send me
            "dejen de escribirme",  # quit writing to me
            "no quiero mensajes",  # I do not want messages
            "no quiero más mensajes",  # I do not want more messages
        ),
        start=("iniciar", "empezar", "alta", "reanudar"),
        help=("ayuda", "información"),
    ),
    "ar": Words(
        stop=(
            "توقف",  # stop; it stopped
            "توقفوا",  # stop (to several)
            "قف",  # halt
            "أوقف",  # make it stop
            "إيقاف",  # stopping
            "إلغاء",  # cancellation
            "ستوب",  # "stop" in Arabic letters
        ),
        refusals=(
            "لا ترسل",  # do not send
            "لا ترسلوا",  # do not send (to several)
            "لا أريد رسائل",  # I want no messages
            "أوقفوا الرسائل",  # make the messages stop
        ),
        start=("ابدأ", "بدء", "اشتراك"),
        help=("مساعدة", "مساعده", "ساعدوني"),
    ),
    "sw": Words(
        stop=(
            "acha",  # leave off
            "acheni",  # leave off (to several)
            "simamisha",  # bring to a stop
            "sitisha",  # suspend
            "koma",  # cease
            "ghairi",  # cancel
        ),
        refusals=(
            "usinitumie",  # do not send me
            "msinitumie",  # do not send me (to several)
            "sitaki ujumbe",  # I do not want a message
        ),
        start=("anza", "endelea"),
        help=("msaada", "nisaidie"),
    ),
    "so": Words(
        stop=(
            "jooji",  # stop it
            "joojiya",  # stop it (to several)
            "joogso",  # come to a stop
        ),
        refusals=(
            "fariin ha soo dirin",  # do not send a message here
            "ha ii soo dirin",  # do not send to me
        ),
        start=("bilow", "bilaw"),
        help=("caawi", "caawin", "caawimaad", "caawimo"),
    ),
    "my": Words(
        stop=(
            "ရပ်",  # stop
            "ရပ်ပါ",  # please stop
            "ရပ်တန့်",  # come to a halt
            "ရပ်တန့်ပါ",  # please come to a halt
            "ရပ္",  # stop, in the Zawgyi spelling of older phones
            "ရပ္ပါ",  # please stop, in the Zawgyi spelling
        ),
        refusals=(
            "မပို့ပါနဲ့",  # please do not send
            "မပို့နဲ့",  # do not send
        ),
        start=("စတင်", "စပါ", "စတင်ပါ"),
        help=("အကူအညီ", "ကူညီပါ"),
    ),
    "vi": Words(
        stop=(
            "dừng",  # stop; without marks also "đúng" (right) typed in haste, and a name
            "dừng lại",  # stop now
            "ngừng",  # cease
            "hủy",  # cancel
            "hủy đăng ký",  # cancel the subscription
        ),
        refusals=(
            "dừng nhắn tin",  # stop texting
            "đừng nhắn tin",  # do not text
            "ngừng nhắn tin",  # cease texting
            "không nhắn tin nữa",  # text no longer
        ),
        start=("bắt đầu", "đăng ký lại"),
        help=("giúp", "trợ giúp", "giúp đỡ"),
    ),
    "fr": Words(
        stop=(
            "arrêt",  # a stop
            "arrêter",  # to stop
            "arrêtez",  # stop (polite)
            "annuler",  # to cancel
            "désabonner",  # to unsubscribe
            "désinscription",  # leaving a list
        ),
        refusals=(
            "ne m'écrivez plus",  # write to me no more
            "ne m'envoyez plus",  # send me no more
            "plus aucun message",  # not one more message
        ),
        start=("commencer", "reprendre"),
        help=("aide", "aidez-moi"),
    ),
    "prs": Words(
        stop=(
            "توقف",  # a stop
            "بند",  # shut
            "ایست",  # halt
            "لغو",  # cancel
            "ستاپ",  # "stop" in Persian letters
            "استاپ",  # "stop" in Persian letters
        ),
        refusals=(
            "پیام نفرستید",  # do not send messages (polite)
            "پیام نفرست",  # do not send messages
            "دیگر پیام ندهید",  # give no more messages
        ),
        start=("شروع", "آغاز"),
        help=("کمک", "راهنما"),
    ),
    "ps": Words(
        stop=(
            "بند",  # shut
            "بند کړئ",  # shut it (polite)
            "ودروه",  # make it stand still
            "ودروئ",  # make it stand still (polite)
            "لغوه",  # cancellation
        ),
        refusals=(
            "پیغام مه رالېږئ",  # do not send messages here (polite)
            "پیغام مه رالیږئ",  # the same, other spelling
            "مه رالېږه",  # do not send here
        ),
        start=("پیل", "پیل کړئ"),
        help=("مرسته",),
    ),
    "rw": Words(
        stop=(
            "hagarika",  # make it stop
            "guhagarika",  # to make stop
            "rekera aho",  # leave it there
            "rekeraho",  # the same, in one word
        ),
        refusals=(
            "ntimukongere kunyandikira",  # do not write to me again
            "mureke kunyandikira",  # leave off writing to me
        ),
        start=("tangira", "ongera utangire"),
        help=("ubufasha", "mfasha", "mumfashe"),
    ),
    "zh-hans": Words(
        stop=(
            "停止",  # stop
            "停",  # stop
            "退订",  # end a subscription
            "退訂",  # the same, in traditional letters
            "取消",  # cancel
        ),
        refusals=(
            "不要再发",  # do not send again
            "別再發",  # do not send again, in traditional letters
            "别再发",  # do not send again
            "别发了",  # send no more
            "不要发短信",  # do not send texts
        ),
        start=("开始", "開始", "恢复"),
        help=("帮助", "幫助"),
    ),
    # Not among the languages of the pages, but people who read them text us.
    "uk": Words(
        stop=(
            "стоп",  # stop
            "зупинити",  # to bring to a stop
            "відписатися",  # to unsubscribe
            "скасувати",  # to cancel
        ),
        refusals=("не пишіть мені",),  # do not write to me
        start=("старт", "почати"),
        help=("допомога", "допоможіть"),
    ),
    "ne": Words(
        stop=(
            "रोक",  # stop
            "रोक्नुहोस्",  # please stop
            "बन्द",  # shut
            "बन्द गर्नुहोस्",  # please shut it
        ),
        refusals=("सन्देश नपठाउनुहोस्",),  # please do not send messages
        start=("सुरु", "शुरु"),
        help=("सहयोग", "मद्दत"),
    ),
}  # fmt: skip

#: A stop word counts as one at the head of a message of so many words.
_SHORT_MESSAGE_WORDS = 3

#: A phone that "likes" one of our texts sends it back in quotes, with the STOP that we printed in it.
_QUOTED = re.compile("“[^”]{40,}”?")
#: Burmese and Chinese are written without spaces between words.
_UNSPACED = re.compile("[\u1000-\u109f\u3400-\u9fff]")


_STOP = frozenset(folded(entry) for words in WORDS.values() for entry in words.stop)
_REFUSALS = frozenset(folded(entry) for words in WORDS.values() for entry in words.refusals)
_START = frozenset(folded(entry) for words in WORDS.values() for entry in words.start)
_HELP = frozenset(folded(entry) for words in WORDS.values() for entry in words.help)
#: Those that count beside other words too; one Chinese letter alone is part of too many words.
_STOP_WORDS = frozenset(entry for entry in _STOP if " " not in entry and len(entry) > 1)


def read(text: str) -> Word | None:
    """What a message says about texts themselves, if anything.

    "stop": the message is a stop word, begins with one and has at most three words, or holds a phrase
    that refuses. "start": it is nothing but a start word, since agreeing anew must be meant. "help":
    as for "stop". "maybe_stop": a stop word somewhere in a longer text, for a person to read.
    """
    message = folded(_QUOTED.sub(" ", text)) or folded(text)
    words = message.split()
    if not words:
        return None
    if message in _STOP or _is_headed(words, _STOP_WORDS) or _holds(message, _REFUSALS):
        return "stop"
    if message in _START:
        return "start"
    if message in _HELP or _is_headed(words, _HELP):
        return "help"
    return "maybe_stop" if _holds(message, _STOP_WORDS) else None


def _is_headed(words: list[str], by: frozenset[str]) -> bool:
    return len(words) <= _SHORT_MESSAGE_WORDS and words[0] in by


def _holds(message: str, entries: Iterable[str]) -> bool:
    spaced, closed = f" {message} ", message.replace(" ", "")
    return any(
        entry.replace(" ", "") in closed if _UNSPACED.search(entry) else f" {entry} " in spaced
        for entry in entries
    )
