"""What was made from what, what is out of date, and making it again without losing what a hand has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from generator_samples import Boxes, Bricks, Tinted

from taixu.app import Jobs
from taixu.assets.atomic import write_atomic
from taixu.assets.gltf import check_gltf, read_gltf
from taixu.assets.image import encode_png, read_image
from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, write_sidecar
from taixu.errors import TaixuError
from taixu.generate import Generations, Generators, Lineage, Order, licence_findings, plan_remake, remake
from taixu.generate.licences import terms_of
from taixu.generate.provenance import content_of, read_record
from taixu.generate.remaking import merge_parameters


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generations]:
    generators = Generators(plugins=False)
    for each in (Bricks, Tinted, Boxes):
        generators.add(each)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))
        with Jobs(workers=1) as jobs:
            yield Generations(jobs, generators=generators, guards=())


@pytest.fixture
def project(tmp_path: Path, generations: Generations) -> Path:
    """A wall's maps, a tint of one, a tint of that, and a world that shows it."""
    root = tmp_path / "toys"
    small = {"size": 16}
    generations.make(Order("bricks", "blue bricks", 1, small), out=root / "assets" / "wall.png")
    generations.make(
        Order("tinted", "", 2, {"color": [1, 0.5, 1]}, parents=(root / "assets" / "wall_albedo.png",)), out=root / "assets" /
        "warm.png"
    )  # fmt: skip
    generations.make(Order("tinted", "", 3, parents=(root / "assets" / "warm.png",)), out=root / "deep" / "warmer.png")
    (root / "worlds").mkdir()
    document = {"entities": {"0": {"material": {"base_color_texture": "deep/warmer.png"}, "model": {"path": "assets/none.glb"}}}}
    (root / "worlds" / "first.world.json").write_text(json.dumps(document))
    return root


def test_one_graph_from_words_to_world(project: Path) -> None:
    lineage = Lineage.read(project)
    assert lineage.problems == []
    wall = "assets/wall_albedo.png"
    assert (lineage.find(wall).kind, lineage.find(wall).provenance.prompt) == ("material", "blue bricks")
    assert lineage.children(wall) == ("assets/warm.png",)
    assert lineage.descendants(wall) == ("assets/warm.png", "deep/warmer.png", "worlds/first.world.json")
    assert lineage.ancestors("worlds/first.world.json") == ("deep/warmer.png", "assets/warm.png", wall)
    assert lineage.parents("worlds/first.world.json") == ("deep/warmer.png",)
    assert lineage.find(project / "deep" / "warmer.png").path == "deep/warmer.png"
    assert lineage.stale() == []
    with pytest.raises(TaixuError, match="nothing says how it was made"):
        lineage.find("assets/none.glb")


def test_from_words_to_a_mesh_in_a_world(project: Path, generations: Generations) -> None:
    picture, mesh = project / "assets" / "wall_albedo.png", project / "assets" / "none.glb"
    result = generations.make(Order("boxes", "", 1, {"size": [1, 2, 1]}, parents=(picture,)), out=mesh)
    assert result.files == (mesh,) and len(read_gltf(mesh).meshes[0].primitives[0].attributes["POSITION"]) == 24
    record = read_record(mesh)
    assert record is not None and record["parents"] == [content_of(picture)] and record["kind"] == "mesh"
    assert not [found for found in check_gltf(mesh) if found.severity in ("error", "warning")]
    lineage = Lineage.read(project)
    assert lineage.parents("worlds/first.world.json") == ("assets/none.glb", "deep/warmer.png")
    assert "assets/wall_albedo.png" in lineage.ancestors("worlds/first.world.json") and lineage.stale() == []
    generations.make(Order("bricks", "red bricks", 1, {"size": 16}), out=project / "assets" / "wall.png")
    before = mesh.read_bytes()
    remade = remake(project, generations)
    assert sorted(each.files[0].name for each in remade.results) == ["none.glb", "warm.png", "warmer.png"]
    assert mesh.read_bytes() != before and Lineage.read(project).stale() == []
    with pytest.raises(TaixuError, match="the mesh's POSITION came out with 3 numbers that are none"):
        generations.make(Order("boxes", "", 1, {"broken": True}, parents=(picture,)), out=mesh)


def test_a_gltf_hangs_below_the_pictures_that_it_names(project: Path, generations: Generations) -> None:
    names = {"asset": {"version": "2.0"}, "images": [{"uri": "../deep/warmer.png"}, {"uri": "none.png"}, {"uri": "data:x"}, 3]}
    (project / "assets" / "hut.gltf").write_text(json.dumps(names))
    (project / "worlds" / "hut.world.json").write_text(json.dumps({"entities": {"0": {"model": {"path": "assets/hut.gltf"}}}}))
    made = Provenance(generator="boxes", kind="mesh", parents=["wall_height.png"])
    made.parent_contents = {"wall_height.png": content_of(project / "assets" / "wall_height.png")}
    write_sidecar(project / "assets" / "hut.gltf", Sidecar(provenance=made))
    lineage = Lineage.read(project)
    hut = lineage.find("assets/hut.gltf")
    assert (hut.kind, set(hut.parents)) == ("mesh", {"assets/wall_height.png", "deep/warmer.png"}) and lineage.stale() == []
    assert "worlds/hut.world.json" in lineage.descendants("assets/wall_albedo.png")
    generations.make(Order("bricks", "red bricks", 1, {"size": 16}), out=project / "assets" / "wall.png")
    # The height is the same, so the hut is not made anew; the pictures that it shows are.
    assert [each.path for each in Lineage.read(project).stale()] == ["assets/warm.png", "deep/warmer.png"]


def test_what_was_hashed_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.generate import lineage as module

    hashes, asked = module.Hashes(), []
    monkeypatch.setattr(module, "content_of", lambda path: (asked.append(path.name), content_of(path))[1])
    for _ in range(3):
        assert Lineage.read(project, hashes=hashes).stale() == []
    assert sorted(asked) == ["wall_albedo.png", "warm.png"]
    write_atomic(project / "assets" / "wall_albedo.png", encode_png(np.zeros((4, 4, 3), np.uint8)))
    assert [each.path for each in Lineage.read(project, hashes=hashes).stale()] == ["assets/warm.png", "deep/warmer.png"]
    assert asked[2:] == ["wall_albedo.png"]


def test_a_changed_parent_makes_stale_what_hangs_below_and_it_is_made_again(project: Path, generations: Generations) -> None:
    assert plan_remake(Lineage.read(project), generations) == []
    generations.make(Order("bricks", "red bricks", 1, {"size": 16}), out=project / "assets" / "wall.png")
    before = (project / "deep" / "warmer.png").read_bytes()
    lineage = Lineage.read(project)
    assert [(each.path, each.reason) for each in lineage.stale()] == [("assets/warm.png", "changed"), ("deep/warmer.png", "above")]
    made = remake(project, generations)
    assert [result.files[0].name for result in made.results] == ["warm.png", "warmer.png"] and made.kept == ()
    assert (project / "deep" / "warmer.png").read_bytes() != before
    assert Lineage.read(project).stale() == []
    sidecar = read_sidecar(project / "assets" / "warm.png")
    assert sidecar is not None and sidecar.provenance.overrides == {"color": [1, 0.5, 1]}
    assert remake(project, generations).results == ()


def test_one_branch_with_its_siblings_whether_stale_or_not(project: Path, generations: Generations) -> None:
    steps = plan_remake(Lineage.read(project), generations, "assets/wall_height.png")
    assert [(step.paths, step.out.name) for step in steps] == [(("assets/wall_albedo.png", "assets/wall_height.png"), "wall.png")]
    steps = plan_remake(Lineage.read(project), generations, "assets/wall_albedo.png")
    assert [step.out.name for step in steps] == ["wall.png", "warm.png", "warmer.png"]


def test_parameters_changed_in_the_sidecar_become_overrides(project: Path, generations: Generations) -> None:
    file = project / "assets" / "wall_albedo.png"
    sidecar = read_sidecar(file)
    assert sidecar is not None
    sidecar.provenance.settings["rows"] = 4
    write_sidecar(file, sidecar)
    made = remake(project, generations, "assets/wall_albedo.png")
    assert made.results[0].parameters["rows"] == 4 and made.results[0].parameters["color"] == (0.1, 0.2, 0.6)
    after = read_sidecar(file)
    assert after is not None and after.provenance.overrides == {"size": 16, "rows": 4}
    again = remake(project, generations, "assets/wall_albedo.png")  # and stay
    assert again.results[0].parameters["rows"] == 4


def test_files_changed_by_hand_are_kept_and_what_hangs_below_follows_them(project: Path, generations: Generations) -> None:
    file = project / "assets" / "warm.png"
    write_atomic(file, encode_png(255 - read_image(file)))
    edited = file.read_bytes()
    generations.make(Order("bricks", "red bricks", 9, {"size": 16}), out=project / "assets" / "wall.png")
    below = (project / "deep" / "warmer.png").read_bytes()
    made = remake(project, generations)
    assert made.kept == ("assets/warm.png",) and file.read_bytes() == edited
    assert [result.files[0].name for result in made.results] == ["warmer.png"] and (
        project / "deep" / "warmer.png"
    ).read_bytes() != below
    made = remake(project, generations, discard_edits=True)
    assert [result.files[0].name for result in made.results] == ["warm.png", "warmer.png"] and file.read_bytes() != edited
    assert Lineage.read(project).stale() == []


def test_a_parent_that_is_gone_is_told(project: Path, generations: Generations) -> None:
    (project / "assets" / "wall_albedo.png").unlink()
    assert [each.reason for each in Lineage.read(project).stale()] == ["missing", "above"]
    with pytest.raises(TaixuError, match="wall_albedo.png: there is no such file"):
        remake(project, generations)


def test_three_ways() -> None:
    base, mine, theirs = {"a": 1, "b": 2, "c": 3, "old": 1}, {"a": 1, "b": 9, "c": 3, "old": 5}, {"a": 7, "b": 2, "c": 3, "new": 4}
    assert merge_parameters(base, mine, theirs) == {"a": 7, "b": 9, "c": 3, "new": 4}


def test_circles_strangers_and_rubbish_do_no_harm(tmp_path: Path) -> None:
    for name, parents in (
        ("a.png", ["b.png"]),
        ("b.png", ["a.png"]),
        ("c.png", ["../../../etc/passwd", "/etc/passwd", "c.png", "x" * 5000]),
    ):
        (tmp_path / name).write_bytes(encode_png(np.zeros((4, 4, 3), np.uint8)))
        write_sidecar(tmp_path / name, Sidecar(provenance=Provenance(generator="bricks", parents=parents)))
    (tmp_path / "d.png.asset.toml").write_text("= =")
    (tmp_path / "bad.world.json").write_text("[" * 100_000)
    (tmp_path / "huge.prefab.json").write_text('{"a": "' + "b" * 10_000 + '.png", "c": 3, "d": "http://x/y.png", "e": "a.png#0"}')
    lineage = Lineage.read(tmp_path)
    assert len(lineage.problems) == 2 and set(lineage.items) == {"a.png", "b.png", "c.png", "huge.prefab.json"}
    assert lineage.descendants("a.png") == ("huge.prefab.json", "b.png") or set(lineage.descendants("a.png")) == {
        "b.png",
        "huge.prefab.json",
    }
    assert lineage.ancestors("a.png") == ("b.png",)
    assert {each.path for each in lineage.stale()} == {"a.png", "b.png", "c.png"}


def _with_licence(path: Path, licence: str, model: str = "", parents: tuple[str, ...] = ()) -> Path:
    path.write_bytes(b"x")
    write_sidecar(path, Sidecar(licence=licence, provenance=Provenance(model_licence=model, parents=list(parents))))
    return path


def test_the_gate_looks_at_all_that_a_thing_was_made_of(tmp_path: Path) -> None:
    _with_licence(tmp_path / "photo.png", "CC-BY-NC-SA-4.0")
    mesh = _with_licence(tmp_path / "mesh.glb", "CC0-1.0", "sai-nc-community", ("photo.png",))
    said = [(each.severity, each.where, each.message) for each in licence_findings([mesh])]
    assert ("warning", str(mesh), "the model that made it (sai-nc-community) forbids use that earns money") in said
    assert ("warning", f"{mesh}, made from photo.png", "its licence (CC-BY-NC-SA-4.0) forbids use that earns money") in said
    assert any("same terms" in message for _, _, message in said) and any("name the author" in message for _, _, message in said)
    assert not [each for each in licence_findings([mesh], is_sold=False) if "earns money" in each.message]
    assert licence_findings([_with_licence(tmp_path / "own.png", "CC0-1.0"), tmp_path / "none.png"]) == []
    assert "is none that Taixu knows" in licence_findings([_with_licence(tmp_path / "odd.png", "My-Own-1.0")])[0].message


@pytest.mark.parametrize(("expression", "sell", "alike"), [
    ("MIT", True, False), ("CC-BY-NC-4.0 OR MIT", True, False), ("(CC-BY-NC-4.0 AND MIT)", False, False), ("GPL-3.0-or-later",
    True, True), ("GPL-3.0-or-later OR CC0-1.0", True, False), ("GPL-2.0-only WITH Classpath-exception-2.0", True, True),
    ("creativeml-openrail-m", True, False),
])  # fmt: skip
def test_terms_of_expressions(expression: str, sell: bool, alike: bool) -> None:
    terms = terms_of(expression)
    assert terms is not None and (terms.sell, terms.alike) == (sell, alike)


def test_terms_that_nobody_knows() -> None:
    assert terms_of("My-Own-1.0") is None and terms_of("MIT AND My-Own-1.0") is None and terms_of("") is None
