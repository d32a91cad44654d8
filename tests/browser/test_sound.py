"""The two scripts that need a microphone or a voice, with those that a browser can pretend to have."""

from outreach.messaging.wav import milliseconds
from tests.browser.conftest import Meet
from tests.browser.people import Person
from tests.browser.test_story import sign_in

#: Says at once what it is told to, and remembers it.
_VOICE = """
window.heard = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  speak(words) { window.heard.push([words.lang, words.text]); words.onend(); },
} });
"""
_RECORDED_MS = 1_500


def test_clip_is_recorded_with_the_microphone_and_kept_as_telephones_play_it(meet: Meet) -> None:
    coordinator = meet()
    sign_in(coordinator)
    coordinator.go("/staff/messages/prompts/sw")
    coordinator.follow(coordinator.page.locator("tbody a").first)
    clip = coordinator.page.url
    state = coordinator.page.locator("[data-state]")

    coordinator.page.locator("[data-start]").click()
    coordinator.page.locator("[data-stop]").wait_for()
    assert state.inner_text() == coordinator.t("Recording. Speak now, for at most 30 seconds.")
    coordinator.page.wait_for_timeout(_RECORDED_MS)
    coordinator.page.locator("[data-stop]").click()
    coordinator.page.locator("[data-preview]").wait_for()
    assert state.inner_text() == coordinator.t("Listen to it. Then keep it, or record it again.")
    coordinator.tap(coordinator.t("Keep this recording"))

    coordinator.go(clip)
    kept = recording_on(coordinator)
    assert kept[:4] == b"RIFF"
    # One channel, 8,000 samples a second, of 16 bits each.
    assert [int.from_bytes(kept[at : at + size], "little") for at, size in ((22, 2), (24, 4), (34, 2))] == [
        1, 8_000, 16
    ]  # fmt: skip
    assert _RECORDED_MS / 2 < milliseconds(kept) < 4 * _RECORDED_MS
    coordinator.tap(coordinator.t("Delete the recording"))


def test_clip_can_be_sent_as_a_file_where_scripts_are_off(meet: Meet) -> None:
    coordinator = meet(has_scripts=False)
    sign_in(coordinator)
    coordinator.go("/staff/messages/prompts/sw")
    coordinator.follow(coordinator.page.locator("tbody a").first)

    assert coordinator.page.locator("[data-recorder]").is_hidden()
    assert coordinator.page.locator('input[type="file"]').is_visible()


def test_answer_of_a_call_is_heard_line_by_line_each_in_its_language(meet: Meet) -> None:
    caller = meet()
    caller.context.add_init_script(_VOICE)
    caller.go("/simulator?phone=660-555-0141")
    caller.tap(caller.t("Call"))
    lines = caller.page.locator("[data-call] .chat > li:not(.own)").last.locator("[data-said]")
    listen = caller.page.locator("[data-listen]")

    listen.click()
    caller.page.wait_for_function("() => !document.querySelector('[data-listen]').disabled")
    said = [[line.get_attribute("lang"), line.inner_text().strip()] for line in lines.all()]
    assert caller.page.evaluate("() => window.heard") == said
    assert len({language for language, _ in said}) > 1


def recording_on(coordinator: Person) -> bytes:
    """The recording that the page lets one hear."""
    address = coordinator.page.locator("audio[src]").first.get_attribute("src")
    assert address is not None
    answer = coordinator.page.request.get(address)
    assert answer.ok
    return answer.body()
