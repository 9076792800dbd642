"""How a graph of a material looks: dark and light, in English and Chinese."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from editor_flows import Hand, flow
from graph import canvas_of, graph_panel, open_graph, wait_until


@flow()
def a_graph_looks_designed(hand: Hand) -> None:
    canvas = open_graph(hand)
    hand.click_at(*canvas.node_on_screen("ramp"))
    wait_until(hand, lambda: canvas.selected == ["ramp"])
    for theme, language in product(("dark", "light"), ("en", "zh-Hans")):
        settings = replace(hand.window.shell.settings, theme=theme, language=language)
        hand.window.shell.later(lambda settings=settings: hand.window.shell.use_settings(settings))
        wait_until(hand, lambda theme=theme: hand.window.theme.name == theme)
        canvas_of(hand)
        hand.move(5, 5)
        hand.wait(3)
        hand.picture(f"look_graph_{theme}_{language}", panel="graph")
        hand.wait(3)


@flow()
def a_graph_panel_without_a_graph_says_how_to_begin(hand: Hand) -> None:
    canvas = open_graph(hand)
    panel = graph_panel(hand)
    hand.click_at(*panel.places[canvas.document.path], button=2)
    wait_until(hand, lambda: not hand.host.graphs.documents and not panel.canvases)
    assert canvas.previews.tiles == {} and canvas.ball.texture is None, "pictures are given back with the tab"
    hand.wait(3)
    hand.click("//###graph/###begin")
    wait_until(hand, lambda: hand.host.graphs.current is not None)
    assert canvas_of(hand).previews.errors == {}
