"""What was made before: variations, comparing, going back to it, another start of the editor."""

from __future__ import annotations

from editor_flows import Hand, flow
from generating import click_result, into_sight, make, open_generating, press, slide, until, words

from taixu_editor.generating.history import History


@flow()
def variations_are_made_compared_and_gone_back_to(hand: Hand) -> None:
    panel = open_generating(hand, also=("generate",))
    words(hand, "dark walnut planks")
    slide(hand, "size_px", -400)
    slide(hand, "wear", 60)
    press(hand, "keeps")
    first = make(hand)
    click_result(hand, first)
    assert panel.chosen == first.id
    until(hand, lambda: panel.stage.shown == "result")
    press(hand, "vary")
    hand.click("//$FOCUSED/###vary Clearly")
    until(hand, lambda: len(panel.studio.history) == 5 and not panel.studio.tasks)
    varied = panel.studio.history.entries[:4]
    assert {each.of for each in varied} == {first.id} and len({each.key for each in varied}) == 4
    press(hand, "compare")
    until(hand, lambda: panel.stage.shown == "two")

    def middle_of_stage() -> tuple[float, float]:
        left, top, right, bottom = panel.stage.box
        return ((left + right) / 2, (top + bottom) / 2)

    into_sight(hand, middle_of_stage)
    middle = middle_of_stage()
    hand.drag(middle, (middle[0] + 40, middle[1]))
    assert panel.stage.split > 0.55
    click_result(hand, first)
    assert panel.chosen == "" and panel.compared == ""
    words(hand, "white marble")
    click_result(hand, varied[1])
    press(hand, "use")
    assert panel.draft.wish() == varied[1].wish, "words, seed and sliders are as they were"


@flow()
def results_are_starred_forgotten_and_there_after_a_restart(hand: Hand) -> None:
    panel = open_generating(hand, also=("generate",))
    words(hand, "white marble")
    slide(hand, "size_px", -400)
    first = make(hand)
    second = make(hand)
    assert first.wish.seed != second.wish.seed, "made again, it has another seed"
    click_result(hand, first)
    press(hand, "star")
    click_result(hand, second)
    press(hand, "forget")
    until(hand, lambda: len(panel.studio.history) == 1)
    kept = History(hand.session.project.root)
    assert [each.id for each in kept.entries] == [first.id] and kept.entries[0].is_starred
    assert not (kept.folder / second.id).exists(), "no picture is left of what was forgotten"
    press(hand, "seed lock")
    press(hand, "make")
    until(hand, lambda: not panel.studio.tasks)
    assert panel.draft.seed == panel.studio.history.entries[0].wish.seed


@flow()
def a_locked_slider_stays_when_other_words_come(hand: Hand) -> None:
    panel = open_generating(hand, also=("generate",))
    words(hand, "mossy old red bricks")
    press(hand, "moss")
    slide(hand, "dirt", 40)
    assert panel.draft.is_locked("moss") and panel.draft.settings["dirt"] > 0.25
    words(hand, "clean white marble")
    parameters = panel.draft.meaning.parameters
    assert parameters["family"] == "marble"
    assert parameters["moss"] == 0.6, "locked"
    assert parameters["dirt"] == 0.0, "the words decide again"
    press(hand, "moss")
    press(hand, "reset all")
    assert panel.draft.meaning.parameters["moss"] == 0.0
