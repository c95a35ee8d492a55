"""The chat's own words in other languages; the bot's answers stay English and are marked so."""

import json
import re

import pytest
from playwright.sync_api import expect

from bot.channels.web.script import FOLDER
from tests.browser.test_accessible import violations
from tests.browser.visitor import Visit

PACKS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in FOLDER.glob("languages/*.json")
}
ENGLISH = PACKS.pop("en") | PACKS.pop("en-extras")
OTHERS = sorted(PACKS)


@pytest.mark.parametrize("code", OTHERS)
def test_a_pack_says_all_that_english_says(code: str) -> None:
    """No state is without words, no number or date is left out, nobody takes it for reviewed."""
    english, pack = ENGLISH, PACKS[code]
    assert set(pack) - {"dir"} == {*english, "review"}
    assert pack["review"] == "not reviewed"
    assert [asked for _, asked in pack["starters"]] == english["starters"]
    for name in set(english) - {"starters", "dangerWords"}:
        blanks = [re.findall(r"\{\w+\}", words[name]) for words in (english, pack)]
        assert sorted(blanks[0]) == sorted(blanks[1]), name


@pytest.mark.browser
@pytest.mark.parametrize("code", OTHERS)
def test_the_chat_speaks_the_language_asked_for(visit: Visit, code: str) -> None:
    """Labels, times and the emergency are in the pack's words; answers are marked as English."""
    words = PACKS[code]
    patient = visit()
    patient.show(lang=code, open="")
    page = patient.page
    page.get_by_role("button", name=words["starters"][0][0]).click()
    expect(patient.last.locator("p").first).to_have_attribute("lang", "en")
    page.get_by_label(words["input"]).fill("My legs are numb")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=words["call"].format(number="112"))).to_be_visible()
    expect(patient.alarm).to_have_attribute("lang", "en")
    section = page.locator("hematoma-guide section")
    expect(section).to_have_attribute("lang", code)
    assert section.evaluate("e => getComputedStyle(e).direction") == words.get("dir", "ltr")
    assert violations(page) == []


@pytest.mark.browser
def test_the_language_of_the_page_is_taken_over_and_danger_known_in_it(visit: Visit) -> None:
    """A page in Chinese gets a Chinese chat, which offline still sees an emergency in Chinese."""
    patient = visit()
    patient.page.evaluate("document.documentElement.lang = 'zh-CN'")
    patient.show(open="")
    field = patient.page.get_by_label(PACKS["zh"]["input"])
    expect(field).to_be_visible()
    patient.page.context.set_offline(True)
    field.fill("我的腿麻木了")
    field.press("Enter")
    expect(patient.alarm).to_contain_text(PACKS["zh"]["danger"])
    expect(patient.alarm).to_have_attribute("lang", "zh-CN")
    patient.complaints.clear()  # the browser notes the dead line


@pytest.mark.browser
def test_without_its_pack_the_chat_is_in_english(visit: Visit) -> None:
    """A pack that does not come, or lacks a word, costs nobody the chat."""
    patient = visit()
    patient.page.route("**/widget/de.json", lambda route: route.abort())
    patient.show(lang="de", open="")
    expect(patient.input).to_be_visible()
    expect(patient.page.locator("hematoma-guide section")).to_have_attribute("lang", "en")
    patient.complaints.clear()
    patient.page.route("**/widget/fr.json", lambda route: route.fulfill(json={"send": "Envoyer"}))
    patient.show(lang="fr", open="")
    expect(patient.button("Envoyer")).to_be_visible()
    expect(patient.input).to_be_visible()
