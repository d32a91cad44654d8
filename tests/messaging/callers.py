"""A telephone that calls us as the vendor brings it, and hears what is said, for tests."""

import itertools
from xml.etree import ElementTree

from outreach.messaging.signatures import HEADER, account, sign

PATH = "/hooks/twilio/voice"

_sids = itertools.count(1)


def new_call_sid() -> str:
    """A call's id as the vendor gives it."""
    return f"CA{next(_sids):032x}"


class Telephone:
    """One call after the other from one number, each webhook really signed."""

    def __init__(self, app, number="+18165550123"):
        self.app = app
        self.number = number
        self.sid = ""
        self.said: list[tuple[str, str]] = []
        #: Addresses of recordings.
        self.played: list[str] = []
        #: Where the next keys go; None when we hung up.
        self.address: str | None = None

    def call(self) -> str:
        self.sid = new_call_sid()
        return self.hear(self.post(PATH))

    def press(self, *answers: str) -> str:
        """Presses the keys of one question after the other, and gives what is said last."""
        for keys in answers:
            assert self.address is not None, "we hung up"
            number, pound, _ = keys.partition("#")
            given = {"Digits": number, "FinishedOnKey": pound} if number else {"Digits": keys}
            self.hear(self.post(self.address, given))
        return self.words

    def post(self, path, fields=None, *, token="", **changes):
        """The vendor's request; `changes` are fields that it would not send so."""
        runtime = self.app.extensions["outreach"]
        ours = account(runtime.settings, runtime.vault)
        form = {
            "CallSid": self.sid, "AccountSid": ours.sid, "From": self.number, "To": "+18165550100",
            **(fields or {}), **changes,
        }  # fmt: skip
        url = path if path.startswith("http") else runtime.settings.public_url + path
        headers = {HEADER: sign(url, form, token or ours.tokens[0])}
        return self.app.test_client().post(
            url.removeprefix(runtime.settings.public_url), data=form, headers=headers
        )

    def hear(self, answer) -> str:
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "text/xml; charset=utf-8"
        response = ElementTree.fromstring(answer.text)
        assert response.tag == "Response"
        gather = response.find("Gather")
        self.said = [(say.attrib["language"], say.text or "") for say in response.iter("Say")]
        self.played = [play.text or "" for play in response.iter("Play")]
        self.address = None if gather is None else gather.attrib["action"]
        assert (self.address is None) == (response.find("Hangup") is not None)
        return self.words

    @property
    def words(self) -> str:
        return " ".join(words for _, words in self.said)
