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
LOAD, SPEED = '[data-field="motor.load"] .value-number b', '[data-field="drive.speed"] .value-number b'
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
    page.page.set_default_timeout(40_000)  # as long as a busy machine takes: nothing below waits for a time to pass
    page.page.wait_for_selector(".connection-open", state="attached")
    return page


def select(page: Page, name: str) -> None:
    """By the search, as who types does."""
    page.page.fill(".search input", name)
    page.page.locator(".results button", has_text=name).first.click()
    page.page.wait_for_selector(f".details h2:text-is('{name}')")


def wait_for_text(page: Page, selector: str, text: str) -> None:
    page.wait("([selector, text]) => document.querySelector(selector)?.textContent === text", argument=[selector, text])


def number(page: Page, field: str) -> float:
    text: str = page.page.locator(f'[data-field="{field}"] .value-number b').inner_text()
    return float(text.replace(",", ""))


def test_an_operator_clicks_a_machine_and_reads_it(desk: Page, plant: SmallPlant) -> None:
    page = desk
    page.wait(f"() => window.taixu.isReady() && ({ON_PAGE})('{PRESS:016x}')", secs=60)  # it can be hit when it is drawn
    x, y = page.evaluate(ON_PAGE, f"{PRESS:016x}")
    page.page.mouse.click(x, y)
    wait_for_text(page, ".details h2", "Press 1")
    assert 50 < number(page, "motor.temperature") < 75
    load = page.page.locator(LOAD).inner_text()
    page.wait("([selector, before]) => document.querySelector(selector).textContent !== before", argument=[LOAD, load])
    assert page.page.locator(".chart canvas").count() == 1
    assert "Press bay" in page.page.locator(".tags").inner_text()
    plant.silent.add("P3")
    select(page, "Press 3")
    try:  # what is no longer heard of says so, and its age goes on
        age = '[data-field="motor.load"] .age'
        page.wait("(age) => / s$/.test(document.querySelector(age)?.innerText)", argument=age)
        before = page.page.locator(age).inner_text()
        page.wait("([age, before]) => document.querySelector(age).innerText !== before", argument=[age, before])
    finally:
        plant.silent.discard("P3")
    assert page.evaluate(UNNAMED) == []


def test_an_alarm_is_seen_gone_to_and_acknowledged(desk: Page, plant: SmallPlant) -> None:
    page = desk
    plant.temperatures["P2"] = 95.0
    page.page.click("#tab-alarms")
    row = page.page.locator(".column-right .alarm-critical")
    row.wait_for()
    assert "Press 2 is at" in row.inner_text() and "Critical" in row.inner_text()
    assert "Press 2 is at" in page.page.locator(".alarm-line").inner_text(), "the worst is in sight everywhere"
    row.get_by_role("button", name="Acknowledge").click()
    page.page.wait_for_selector(".alarm-critical.alarm-seen")
    assert "alice" in page.page.locator(".alarm-seen .seen").inner_text()
    page.page.locator(".alarm-seen").get_by_role("button", name="Go to").click()
    page.page.wait_for_selector(".details h2:text('Press 2')")
    plant.temperatures["P2"] = 48.0
    page.page.wait_for_selector(".details .alarm", state="detached")


def test_a_command_is_rehearsed_confirmed_sent_and_observed(desk: Page, plant: SmallPlant) -> None:
    page = desk
    select(page, "Belt 1")
    form = page.page.locator('[data-control="speed"]')
    form.locator("input[type=number]").fill("0.4")
    form.get_by_role("button", name="Rehearse").click()
    form.locator(".foresight").wait_for()
    assert "It would be sent." in form.locator(".foresight").inner_text()
    form.get_by_role("button", name="Send", exact=True).click()
    assert "1.2 m/s → 0.4 m/s" in form.locator(".confirm").inner_text(), "who changes much is asked again"
    form.get_by_role("button", name="Send now").click()
    form.locator('[data-state="observed"]').wait_for()
    assert number(page, "drive.speed") == 0.4
    mode = page.page.locator('[data-control="mode"]')
    mode.get_by_role("radio", name="stopped").click()
    mode.get_by_role("button", name="Send", exact=True).click()
    mode.get_by_role("button", name="Send now").click()
    mode.locator('[data-state="observed"]').wait_for()
    page.page.click("#tab-commands")
    assert page.page.locator(".ledger-row").count() >= 2
    page.page.wait_for_selector(".ledger-row .link:text-is('Belt 1')")
    plant.plant.speeds["B1"], plant.plant.modes["B1"] = 1.2, "running"


def test_who_may_only_look_is_told_why_he_cannot_act(chromium: Browser, plant: SmallPlant) -> None:
    with somebody(chromium, plant, token=VIEWER) as page:
        select(page, "Belt 2")
        form = page.page.locator('[data-control="speed"]')
        form.wait_for()
        assert form.get_by_role("button", name="Send", exact=True).is_disabled()
        assert "may look, not operate" in form.inner_text()
        assert "cannot draw in 3D" in page.page.locator(".no-picture").inner_text()
        with somebody(chromium, plant) as other:
            other.page.locator(".presence-button").click()
            other.page.wait_for_selector(".presence-list .grow:text-is('bob')")
            assert other.page.locator(".presence-list .grow").first.inner_text() == "alice (you)"


def test_the_past_is_scrubbed_played_and_left(desk: Page, plant: SmallPlant) -> None:
    page = desk
    select(page, "Belt 2")
    plant.plant.speeds["B2"], plant.plant.modes["B2"] = 1.9, "stopped"
    wait_for_text(page, SPEED, "1.90")
    page.page.wait_for_selector(".track")
    page.page.select_option(".timeline select >> nth=1", "60")
    track = page.page.locator(".track")
    track.focus()
    for _ in range(6):
        page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_selector(".chip-past")
    wait_for_text(page, SPEED, "0.80")
    assert page.page.locator('[data-control="speed"]').get_by_role("button", name="Send", exact=True).is_disabled()
    shown = page.page.locator(".playhead-time").inner_text()
    page.page.get_by_role("button", name="Mark A").click()
    page.page.get_by_role("button", name="Play").click()
    page.wait("(shown) => document.querySelector('.playhead-time').textContent !== shown", argument=shown)
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")
    wait_for_text(page, SPEED, "1.90")
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
        before = page.evaluate("() => document.documentElement.dataset.theme")
        page.page.click(".language")
        page.page.locator(".top-right .icon-button").last.click()
        assert page.page.locator("#tab-alarms").inner_text().startswith("报警")
        assert page.evaluate("() => document.documentElement.lang") == "zh-Hans"
        assert page.evaluate("() => document.documentElement.dataset.theme") != before
        page.page.reload()
        page.page.wait_for_selector("#tab-measures:has-text('指标')")
        page.page.click("#tab-measures")
        page.page.wait_for_selector(".tile")
        words = page.evaluate(WORDS)
        assert not re.search("Alarms|Details|Live|Layers|Measures|Whole", " ".join(words))
        assert page.evaluate("() => document.documentElement.dataset.theme") != before, "it is kept"


def test_layers_hide_what_is_of_a_kind_and_keys_lead_everywhere(desk: Page, plant: SmallPlant) -> None:
    page = desk
    page.page.fill(".search input", "")
    page.page.wait_for_selector(".layer")
    layer = page.page.locator(".layer", has_text="AGVs")
    assert layer.locator(".number").inner_text() == "4"
    layer.click()
    assert layer.get_attribute("aria-checked") == "false"
    assert page.evaluate("() => [...window.taixu.hiddenKinds.value]") == ["agv"]
    layer.click()
    page.page.locator("#scene").focus()
    page.page.keyboard.press("/")
    page.page.keyboard.type("P3")
    page.page.wait_for_selector(".results button")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(".details h2:text('Press 3')")
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(".details", state="detached")
    page.page.locator("#tab-details").focus()
    page.page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.id") == "tab-alarms"


def test_on_a_phone_everything_is_in_reach(chromium: Browser, plant: SmallPlant) -> None:
    with somebody(chromium, plant, size=PHONE) as page:
        page.page.tap("#tab-things")
        page.page.fill(".search input", "belt 1")
        page.page.locator(".results button").first.tap()
        page.page.wait_for_selector(".sheet .details h2:text('Belt 1')")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
        assert [name for name in page.evaluate(SMALL) if "chip" not in name] == []
        assert page.evaluate(UNNAMED) == []
        page.page.tap(".sheet-grip")
        page.page.wait_for_selector(".sheet", state="detached")
        page.page.tap("#tab-alarms")
        page.page.wait_for_selector(".sheet .alarms")


def test_a_lost_connection_is_told_and_comes_back(chromium: Browser) -> None:
    with small_plant(None) as plant:
        page = open_page(chromium, plant)
        select(page, "Belt 1")
        page.page.wait_for_selector('[data-field="drive.speed"].value-fresh')
        assert "Nothing is recorded" in page.page.locator(".timeline").inner_text()
    page.page.wait_for_selector(".connection-lost")
    page.page.wait_for_selector('[data-field="drive.speed"].value-silent')
    assert f"{BELT:016x}" == page.evaluate("() => window.taixu.selected.value"), "what was selected stays"
    page.page.context.close()


def test_nothing_was_wrong_in_the_console(desk: Page) -> None:
    assert [line for line in desk.problems if "409" not in line] == []
