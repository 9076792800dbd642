"""The panel in both themes and languages, narrow and wide, empty and in the middle of work."""

from __future__ import annotations

from editor_flows import Hand, flow
from generating import choose_kind, click_result, make, open_generating, press, until, words
from looks import in_all_looks, rest


def with_seed(hand: Hand, seed: int) -> None:
    """Type a seed, so that pictures come out alike."""
    from generating import generate_panel, into_sight

    panel = generate_panel(hand)
    into_sight(hand, lambda: panel.words.places["##seed"])
    hand.click_at(*panel.words.places["##seed"])
    hand.type(str(seed), enter=True)
    until(hand, lambda: panel.draft.seed == seed)


def with_bricks(hand: Hand) -> None:
    """A generator that stays as it is: the families of materials get better, and pictures of the panel are not about them."""
    from generator_samples import Bricks

    if "bricks" not in {each.name for each in hand.host.studio.generators}:
        hand.host.studio.generators.add(Bricks)


@flow()
def the_panel_looks_like_this_in_all_looks(hand: Hand) -> None:
    with_bricks(hand)
    panel = open_generating(hand, also=("generate",))
    choose_kind(hand, "bricks")
    words(hand, "small red bricks")
    with_seed(hand, 5)
    press(hand, "keeps")
    first = make(hand)
    words(hand, "blue bricks")
    with_seed(hand, 7)
    second = make(hand)
    until(hand, lambda: not panel.studio.is_busy and all(panel.studio.small(each) for each in (first, second)))
    click_result(hand, second)
    until(hand, lambda: panel.stage.shown == "result")

    def take(look: str) -> None:
        hand.window.shell.toasts.clear()
        balls = [panel.studio.history.folder_of(each) / f"ball_{hand.window.theme.name}.png" for each in (first, second)]
        until(hand, lambda: all(each.is_file() for each in balls))
        rest(hand)
        hand.wait(4)
        hand.picture(f"generate_{look}", panel="generate")

    in_all_looks(hand, take)


@flow()
def the_panel_beside_the_view_teaches_and_shows_a_first_look(hand: Hand) -> None:
    with_bricks(hand)
    panel = open_generating(hand)
    with_seed(hand, 5)
    rest(hand)
    hand.picture("generate_empty", panel="generate")
    choose_kind(hand, "bricks")
    words(hand, "small blue bricks")
    until(hand, lambda: panel.stage.shown == "look" and not panel.studio.looking.is_busy)
    rest(hand)
    hand.picture("generate_look", panel="generate")
    choose_kind(hand, "sound")
    words(hand, "a high bright coin")
    until(hand, lambda: panel.stage.shown == "look" and panel.studio.looking.picture and not panel.studio.looking.is_busy)
    rest(hand)
    hand.picture("generate_sound", panel="generate")
