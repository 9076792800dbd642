"""Scripts while one plays: loops and floods end in a sentence, what is written is what runs, and keys are the player's."""

from __future__ import annotations

from assets import wait_until
from editor_flows import Hand, flow
from scripts import WALK, begin, box, errors, play, replace_line, show_script, tabs

from taixu.render.hud import Screen
from taixu.script import ScriptHost

BUTTON = """import game


def on_start():
    game.show_button("go", "Go", corner="right")


def on_event(event):
    if event.kind == "button":
        game.log("pressed", event.name)
    elif event.name == "fire":
        game.log("fired")
"""


@flow("")
def a_loop_without_end_is_one_sentence_and_a_flood_costs_nothing(hand: Hand) -> None:
    begin(hand, "Loops", "import game\n\n\ndef on_tick(dt):\n    while True:\n        print('again')\n")
    play(hand)
    host = hand.session.world.resource(ScriptHost)
    host.watchdog.limit_secs = 0.5
    wait_until(hand, lambda: errors(hand))
    assert len(errors(hand)) == 1 and "did not end within" in errors(hand)[0] and "scripts/box.py:" in errors(hand)[0]
    assert len(host.log.messages) <= 1000
    ticks = hand.session.current.app.clock.ticks
    wait_until(hand, lambda: hand.session.current.app.clock.ticks > ticks + 3)
    show_script(hand)
    replace_line(hand, 5, "    for number in range(20000):")
    replace_line(hand, 6, "        print(number)")
    hand.keys("Ctrl+S")
    wait_until(hand, lambda: any("more lines in one frame" in line.text for line in hand.window.log.lines))
    wait_until(hand, lambda: len(hand.window.log.lines) == hand.window.log.lines.maxlen)
    assert len(errors(hand)) <= 1, "the log forgets its oldest"
    hand.keys("Shift+F5")


@flow("")
def scripts_that_are_not_saved_are_asked_about_and_saved_by_playing(hand: Hand) -> None:
    script = begin(hand, "Unsaved")
    tab = tabs(hand)[0]
    hand.keys("Ctrl+S")
    replace_line(hand, 3, "speed: float = 5.0")
    assert tab.is_changed
    play(hand)
    wait_until(hand, lambda: "5.0" in script.read_text())
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    show_script(hand)
    replace_line(hand, 3, "speed: float = 6.0")
    hand.menu("###File/###editor.close_project")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.click("//###dialog/###Save")
    wait_until(hand, lambda: not hand.session.worlds)
    assert "6.0" in script.read_text()
    assert (script.parent.parent / "typings" / "game.pyi").is_file()


@flow("")
def keys_are_the_players_while_one_plays_and_let_go_when_one_leaves(hand: Hand) -> None:
    from pyglet.window import key

    begin(hand, "Keys", WALK.replace("speed * dt", "game.action('move_x').value * dt * 3"))
    view, screen = hand.window.panels[0], hand.window.window
    play(hand)
    wait_until(hand, lambda: view.takes_keys)
    start = box(hand).position[0]
    hand.wait(3)
    assert box(hand).position[0] == start
    screen._on_key_press(key.D, 0)  # what the window hears of a keyboard
    wait_until(hand, lambda: box(hand).position[0] > start + 0.3)
    hand.keys("F8")
    wait_until(hand, lambda: not view.is_game)
    hand.wait(3)
    left = box(hand).position[0]
    hand.wait(6)
    assert box(hand).position[0] == left, "nobody walks on when hands have left"
    screen._on_key_release(key.D, 0)
    hand.keys("F8")
    wait_until(hand, lambda: view.takes_keys)
    screen._on_key_press(key.A, 0)
    wait_until(hand, lambda: box(hand).position[0] < left - 0.1)
    screen._on_key_release(key.A, 0)
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)


@flow("")
def a_button_over_the_picture_is_pressed_and_the_click_is_not_the_games(hand: Hand) -> None:
    begin(hand, "Buttons", BUTTON)
    view, window = hand.window.panels[0], hand.window.window
    play(hand)
    wait_until(hand, lambda: view.is_game and hand.session.world.resource(Screen).version > 0)
    screen, said = hand.session.world.resource(Screen), hand.session.world.resource(ScriptHost).log.messages
    left, top, wide, high = screen._hot[0].rect
    x, y = (place / screen.pixels_per_unit + begins for place, begins in zip((left + wide / 2, top + high / 2), view.origin))
    hand.context.mouse_move_to_pos((x, y))
    at = round(x * window._unit), round(window._window.get_size()[1] - y * window._unit)  # as the desktop counts
    window._on_mouse_motion(*at, 0, 0)
    wait_until(hand, lambda: screen.draft.over is not None)
    window._on_mouse_press(*at, 1, 0)
    window._on_mouse_release(*at, 1, 0)
    wait_until(hand, lambda: any(line.text == "pressed go" for line in said))
    hand.wait(3)
    assert not [line.text for line in said if line.text == "fired"]
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
