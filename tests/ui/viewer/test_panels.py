"""What an operator does in the browser: looks, acknowledges, commands, scrubs, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browser import Browser, Page, browser
from small_plant import BELT, OPERATOR, PRESS, VIEWER, SmallPlant, small_plant

DESK, PHONE = (840, 560), (360, 640)
# Panels are tested here: the picture, which a processor draws, gets a few frames a second only.
SELDOM = "{ const soon = requestAnimationFrame; window.requestAnimationFrame = (draw) => setTimeout(() => soon(draw), 250); }"
# A browser that cannot draw at all: everything but the picture works there.
NEVER = """{ const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...more);
  }; }"""
SPEED = '[data-field="drive.speed"] .value-number b'
UNNAMED = """() => [...document.querySelectorAll('button, input, select, [role=slider]')]
  .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim() || each.labels?.length))
  .map((each) => each.outerHTML)"""
SMALL = """() => [...document.querySelectorAll('.tabs button, .top-bar button, .sheet .button, .details-head button')]
  .map((each) => [each.className, each.getBoundingClientRect()]).filter(([, box]) => box.width && box.height < 40)
  .map(([name]) => name)"""
WORDS = """() => [...document.querySelectorAll('.tabs, .panel-tools, .timeline button, .section-title')]
  .map((each) => each.innerText)"""
ON_PAGE = "(id) => { const view = window.taixu.view.value; const at = view.placeOf(id); return at && view.onPage(at); }"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def plant(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallPlant]:
    with small_plant(tmp_path_factory.mktemp("panels") / "recording") as served:
        yield served


@pytest.fixture(scope="module")
def desk(chromium: Browser, plant: SmallPlant) -> Page:
    """An operator's page with the picture, which tests leave as they found it."""
    return open_page(chromium, plant, script=SELDOM)


@contextmanager
def somebody(chromium: Browser, plant: SmallPlant, *, token: str = OPERATOR, size: tuple[int, int] = DESK) -> Iterator[Page]:
    page = open_page(chromium, plant, token=token, size=size)
    yield page
    page.page.context.close()


def open_page(
    chromium: Browser, plant: SmallPlant, *, token: str = OPERATOR, size: tuple[int, int] = DESK, script: str = NEVER
) -> Page:
    page = chromium.open(plant.server.url, size=size, token=token, touch=size == PHONE, ready=False, script=script)
    page.page.wait_for_selector(".connection-open", state="attached")
    return page


def select(page: Page, name: str) -> None:
    """By the search, as who types does."""
    page.page.fill(".search input", name)
    page.page.locator(".results button", has_text=name).first.click()
    page.page.wait_for_selector(f".details h2:text-is('{name}')")


def test_an_operator_clicks_a_machine_and_reads_it(desk: Page, plant: SmallPlant) -> None:
    page = desk
    press = f"{PRESS:016x}"
    page.wait(f"() => window.taixu.isReady() && ({ON_PAGE})('{press}')")  # it can be hit when it is drawn

    def click() -> str | None:
        page.page.mouse.click(*page.evaluate(ON_PAGE, press))
        page.page.wait_for_timeout(500)
        found: str | None = page.evaluate("() => window.taixu.selected.value")
        return found

    page.until(click, lambda chosen: chosen == press, what="a click selects it")
    page.page.wait_for_selector(".details h2:text-is('Press 1')")
    page.value("motor.temperature", lambda degrees: 50 < degrees < 75)
    load = page.value("motor.load", bool)
    page.value("motor.load", lambda now: now != load)
    page.counts(".chart canvas", 1)
    page.says(".tags", "Press bay")
    plant.silent.add("P3")
    select(page, "Press 3")
    try:  # what is no longer heard of says so, and its age goes on
        ages = page.page.locator('[data-field="motor.load"] .age')
        (before,) = page.until(ages.all_inner_texts, lambda texts: len(texts) == 1 and texts[0].endswith(" s"), what="an age")
        page.until(ages.all_inner_texts, lambda texts: len(texts) == 1 and texts[0] not in ("", before), what="an older one")
    finally:
        plant.silent.discard("P3")
    page.until(lambda: page.evaluate(UNNAMED), lambda found: found == [], what="everything has a name")


def test_an_alarm_is_seen_gone_to_and_acknowledged(desk: Page, plant: SmallPlant) -> None:
    page = desk
    plant.temperatures["P2"] = 95.0
    page.page.click("#tab-alarms")
    row = page.page.locator(".column-right .alarm-critical")
    page.says(".column-right .alarm-critical", "Press 2 is at", "Critical")
    page.says(".alarm-line", "Press 2 is at")  # the worst is in sight everywhere
    row.get_by_role("button", name="Acknowledge").click()
    page.page.wait_for_selector(".alarm-critical.alarm-seen")
    page.says(".alarm-seen .seen", "alice")
    page.page.locator(".alarm-seen").get_by_role("button", name="Go to").click()
    page.page.wait_for_selector(".details h2:text('Press 2')")
    plant.temperatures["P2"] = 48.0
    page.page.wait_for_selector(".details .alarm", state="detached")


def test_a_case_is_brought_on_and_its_times_are_told(desk: Page, plant: SmallPlant) -> None:
    page = desk
    plant.temperatures["P3"] = 95.0
    page.page.click("#tab-cases")
    case = page.page.locator(".case", has_text="Press 3")
    page.until(case.all_inner_texts, lambda texts: ["reported" in text for text in texts] == [True], what="the case is there")
    case.get_by_role("button", name="looked at").click()
    case.locator(".alarm-facts b:text-is('looked at')").wait_for()
    plant.temperatures["P3"] = 48.0
    case.wait_for(state="detached")
    page.page.get_by_role("radio", name="Times").click()
    page.says(".cases .section", "cooling", "1 closed", "reported", "looked at")
    page.page.get_by_role("radio", name="Open").click()


def test_a_plan_is_drilled_begun_and_done(desk: Page, plant: SmallPlant) -> None:
    page = desk
    page.page.click("#tab-plans")
    page.page.get_by_role("button", name="Drill all").click()
    page.says('[data-score="slow down"]', "100", "belts run")
    page.page.locator('[data-plan="slow down"]').get_by_role("button", name="Begin").click()
    call = page.page.locator('[data-step="call"][data-state="going on"]')
    call.get_by_role("button", name="Done").click()
    page.page.locator('[data-step="call"][data-state="done"]').wait_for()
    page.page.locator('[data-step="look"][data-state="going on"]').wait_for()
    page.page.get_by_role("button", name="Break off").click()
    page.page.locator('[data-plan="slow down"]').get_by_role("button", name="Begin").wait_for()
    page.page.click("#tab-alarms")


def test_a_command_is_rehearsed_confirmed_sent_and_observed(desk: Page, plant: SmallPlant) -> None:
    page = desk
    select(page, "Belt 1")
    form = page.page.locator('[data-control="speed"]')
    form.locator("input[type=number]").fill("0.4")
    form.get_by_role("button", name="Rehearse").click()
    page.says('[data-control="speed"] .foresight', "It would be sent.")
    form.get_by_role("button", name="Send", exact=True).click()
    page.says('[data-control="speed"] .confirm', "1.2 m/s → 0.4 m/s")  # who changes much is asked again
    form.get_by_role("button", name="Send now").click()
    form.locator('[data-state="observed"]').wait_for()
    page.value("drive.speed", lambda speed: speed == 0.4)
    mode = page.page.locator('[data-control="mode"]')
    mode.get_by_role("radio", name="stopped").click()
    mode.get_by_role("button", name="Send", exact=True).click()
    mode.get_by_role("button", name="Send now").click()
    mode.locator('[data-state="observed"]').wait_for()
    page.page.click("#tab-commands")
    page.until(page.page.locator(".ledger-row").count, lambda rows: rows >= 2, what="both are in the ledger")
    page.page.wait_for_selector(".ledger-row .link:text-is('Belt 1')")
    plant.plant.speeds["B1"], plant.plant.modes["B1"] = 1.2, "running"


def test_who_may_only_look_is_told_why_he_cannot_act(chromium: Browser, plant: SmallPlant) -> None:
    with somebody(chromium, plant, token=VIEWER) as page:
        select(page, "Belt 2")
        form = page.page.locator('[data-control="speed"]')
        page.says('[data-control="speed"]', "may look, not operate")
        page.until(form.get_by_role("button", name="Send", exact=True).is_disabled)
        page.says(".no-picture", "cannot draw in 3D")
        with somebody(chromium, plant) as other:
            other.page.locator(".presence-button").click()
            other.page.wait_for_selector(".presence-list .grow:text-is('bob')")
            shown = other.page.locator(".presence-list .grow")
            other.until(shown.all_inner_texts, lambda names: names[:1] == ["alice (you)"], what="oneself comes first")


def test_the_past_is_scrubbed_played_and_left(desk: Page, plant: SmallPlant) -> None:
    page = desk
    select(page, "Belt 2")
    plant.plant.speeds["B2"], plant.plant.modes["B2"] = 1.9, "stopped"
    page.value("drive.speed", lambda speed: speed == 1.9)
    page.page.wait_for_selector(".track")
    page.page.select_option(".timeline select >> nth=1", "60")

    def a_second_earlier() -> str:
        page.page.locator(".track").focus()
        page.page.keyboard.press("ArrowLeft")
        page.page.wait_for_timeout(500)
        return str(page.page.locator(SPEED).inner_text())

    page.until(a_second_earlier, lambda speed: speed == "0.80", what="how fast it was")
    page.page.wait_for_selector(".chip-past")
    page.until(page.page.locator('[data-control="speed"]').get_by_role("button", name="Send", exact=True).is_disabled)
    page.page.get_by_role("button", name="Mark A").click()
    shown = page.page.locator(".playhead-time").inner_text()
    page.page.get_by_role("button", name="Play").click()
    page.wait("(shown) => document.querySelector('.playhead-time').textContent !== shown", argument=shown)
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")
    page.value("drive.speed", lambda speed: speed == 1.9)
    page.page.get_by_role("button", name="Compare").click()
    page.page.locator(".difference", has_text="Belt 2").locator("summary").click()
    page.wait("() => /0.80[^]*1.90/.test(document.querySelector('.difference[open] table')?.textContent)")
    page.page.locator(".dialog").get_by_role("button", name="Close").click()
    page.page.click("#tab-commands")  # where what happened is listed, too, and leads to its moment
    page.page.get_by_role("radio", name="Events").click()
    page.page.locator(".rows .row", has_text="Belt 2 stands").first.click()
    page.page.wait_for_selector(".chip-past")
    page.page.click("#tab-alarms")
    page.page.wait_for_selector(".alarms .alarm:has-text('Belt 2 stands')")
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")
    plant.plant.modes["B2"] = "running"
    plant.plant.speeds["B2"] = 0.8


def test_language_and_theme_are_kept(chromium: Browser, plant: SmallPlant) -> None:
    with somebody(chromium, plant) as page:
        theme = "() => document.documentElement.dataset.theme"
        before = page.evaluate(theme)
        page.page.click(".language")
        page.says("#tab-alarms", "报警")
        page.page.locator(".top-right .icon-button").last.click()
        page.until(lambda: page.evaluate(theme), lambda now: now != before)
        page.until(lambda: page.evaluate("() => document.documentElement.lang"), lambda now: now == "zh-Hans")
        page.page.reload()
        page.page.wait_for_selector("#tab-measures:has-text('指标')")
        page.page.click("#tab-measures")
        page.page.wait_for_selector(".tile")
        words = "Alarms|Details|Live|Layers|Measures|Whole"
        page.until(lambda: " ".join(page.evaluate(WORDS)), lambda text: text and not re.search(words, text), what="no English word")
        page.until(lambda: page.evaluate(theme), lambda now: now != before, what="the theme is kept")


def test_layers_hide_what_is_of_a_kind_and_keys_lead_everywhere(desk: Page, plant: SmallPlant) -> None:
    page = desk
    page.page.fill(".search input", "")
    page.page.wait_for_selector(".layer")
    layer = page.page.locator(".layer", has_text="AGVs")
    page.until(lambda: layer.locator(".number").inner_text(), lambda count: count == "4")
    for hidden in (["agv"], []):
        layer.click()
        page.until(lambda: layer.get_attribute("aria-checked"), lambda now, hidden=hidden: now == ("false" if hidden else "true"))
        page.until(lambda: page.evaluate("() => [...window.taixu.hiddenKinds.value]"), lambda now, hidden=hidden: now == hidden)
    page.page.locator("#scene").focus()
    page.page.keyboard.press("/")
    page.wait("() => document.activeElement === document.querySelector('.search input')")
    page.page.keyboard.type("P3")
    page.says(".results button", "Press 3")
    page.wait("() => document.querySelectorAll('.results button').length === 1")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(".details h2:text('Press 3')")
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(".details", state="detached")
    page.page.locator("#tab-details").focus()
    page.page.keyboard.press("ArrowRight")
    page.wait("() => document.activeElement.id === 'tab-alarms'")


def test_a_sentence_finds_things_now_and_in_the_past(desk: Page, plant: SmallPlant) -> None:
    page = desk
    page.page.fill(".search input", "belts within 500 m of press 1")
    page.says(".results button", " m")
    assert "Belt" in page.page.locator(".results .found-name").first.inner_text()
    assert page.evaluate("() => document.querySelector('.found-name').clientWidth") > 40
    page.page.locator(".results button", has_text="Belt 1").first.click()
    page.page.wait_for_selector(".details h2:text-is('Belt 1')")
    page.page.fill(".search input", "最近10分钟超过1度的press 1")
    page.page.wait_for_selector(".results button:has-text('°C ·')")
    assert page.page.locator(".results button").count() == 1
    page.page.fill(".search input", "")
    page.page.keyboard.press("Escape")


def test_on_a_phone_everything_is_in_reach(chromium: Browser, plant: SmallPlant) -> None:
    with somebody(chromium, plant, size=PHONE) as page:
        page.page.tap("#tab-things")
        page.page.fill(".search input", "belt 1")
        page.page.locator(".results button", has_text="Belt 1").first.tap()
        page.page.wait_for_selector(".sheet .details h2:text('Belt 1')")
        page.until(lambda: page.evaluate("() => document.documentElement.scrollWidth"), lambda width: width <= PHONE[0])
        page.until(lambda: page.evaluate(SMALL), lambda names: all("chip" in name for name in names), what="fingers find it")
        page.until(lambda: page.evaluate(UNNAMED), lambda found: found == [], what="everything has a name")
        page.page.tap(".sheet-grip")
        page.page.wait_for_selector(".sheet", state="detached")
        page.page.tap("#tab-alarms")
        page.page.wait_for_selector(".sheet .alarms")


def test_a_lost_connection_is_told_and_comes_back(chromium: Browser) -> None:
    with small_plant(None) as plant:
        page = open_page(chromium, plant)
        select(page, "Belt 1")
        page.page.wait_for_selector('[data-field="drive.speed"].value-fresh')
        page.says(".timeline", "Nothing is recorded")
    page.page.wait_for_selector(".connection-lost")
    page.page.wait_for_selector('[data-field="drive.speed"].value-silent')
    assert f"{BELT:016x}" == page.evaluate("() => window.taixu.selected.value"), "what was selected stays"
    page.page.context.close()


def test_nothing_was_wrong_in_the_console(desk: Page) -> None:
    assert [line for line in desk.problems if "409" not in line] == []
