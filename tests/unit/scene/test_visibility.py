"""Hiding an entity hides all below it."""

from __future__ import annotations

from taixu.app import App, Stage
from taixu.scene import MeshInstance, Node, Parent, ScenePlugin, Transform, Visibility


def test_hidden_with_all_below_and_seen_again() -> None:
    app = App().add_plugin(ScenePlugin())
    world = app.world
    root = world.spawn(Transform(), MeshInstance())
    child = world.spawn(Transform(), MeshInstance(), Parent(root))
    other = world.spawn(Transform(), MeshInstance())

    def seen() -> list[bool]:
        app.run_stage(Stage.PROPAGATE)
        return [world.get(entity, MeshInstance).visible for entity in (root, child, other)]

    assert seen() == [True, True, True]
    world.insert(root, Visibility(visible=False))
    assert seen() == [False, False, True]
    Node(world, child).attach(None)
    assert seen() == [False, True, True]
    Node(world, other).attach(Node(world, root))
    assert seen() == [False, True, False]
    world.set(root, Visibility, visible=True)
    assert seen() == [True, True, True]
    world.set(root, Visibility, visible=False)
    assert seen() == [False, True, False]
    world.remove(root, Visibility)
    assert seen() == [True, True, True]


def test_a_change_made_right_after_the_look_is_seen_next_time() -> None:
    app = App().add_plugin(ScenePlugin())
    world = app.world
    entity = world.spawn(Transform(), MeshInstance(), Visibility(visible=True))

    def hide(world: object) -> None:
        app.world.set(entity, Visibility, visible=False)
        app.schedule.remove(hide)

    app.add_system(Stage.PROPAGATE, hide, after=("update_visibility",))
    app.run_stage(Stage.PROPAGATE)
    app.run_stage(Stage.PROPAGATE)
    assert world.get(entity, MeshInstance).visible is False
