from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.gltf import read_gltf
from taixu.assets.material import Anisotropy, Clearcoat, Material
from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.mikktspace import mikktspace_tangents
from taixu.assets.model import ModelData
from taixu.assets.tangents import add_tangents, followed_texture, with_tangents
from taixu.assets.texture import TextureRef


def grid(columns: int, rows: int, *, bend: float = 0.0) -> tuple[np.ndarray, ...]:
    """A sheet in the xy plane, bent around y; coordinates with v down."""
    x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    turn = x * bend
    positions = np.stack([np.sin(turn) / bend if bend else x, y, (np.cos(turn) - 1) / bend if bend else 0 * x], -1).reshape(-1, 3)
    normals = np.stack([np.sin(turn), 0 * y, np.cos(turn)], -1).reshape(-1, 3)
    coordinates = np.stack([x, 1 - y], -1).reshape(-1, 2)
    at = np.arange(columns * rows).reshape(rows, columns)
    a, b, c, d = (part.reshape(-1) for part in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return positions, normals, coordinates, triangles


def slow_tangents(positions: np.ndarray, normals: np.ndarray, uvs: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The same by walking from triangle to triangle: float [t, 3, 4]."""
    rows = [tuple(map(float, (*positions[i], *normals[i], *uvs[i]))) for i in range(len(positions))]
    faces = [[rows.index(rows[i]) for i in face] for face in triangles]
    along, turn = [], []
    for face in faces:
        p, t = positions[face], uvs[face] * (1, -1)
        e, s = p[1:] - p[0], t[1:] - t[0]
        area = s[0, 0] * s[1, 1] - s[0, 1] * s[1, 0]
        along.append(np.sign(area) * (s[1, 1] * e[0] - s[0, 1] * e[1]))
        turn.append(np.sign(area))
    edges: dict[tuple[int, int], int] = {}
    for f, face in enumerate(faces):
        for k in range(3):
            edges[face[k], face[(k + 1) % 3]] = f
    result = np.zeros((len(faces), 3, 4))
    for f, face in enumerate(faces):
        for k in range(3):
            vertex, group, waiting = face[k], {f}, [f]
            while waiting:
                g = faces[waiting.pop()]
                i = g.index(vertex)
                for edge in ((g[(i + 1) % 3], vertex), (vertex, g[i - 1])):
                    other = edges.get(edge)
                    if other is not None and other not in group and turn[other] == turn[f]:
                        group.add(other)
                        waiting.append(other)
            n, total = normals[vertex], np.zeros(3)
            for g in group:
                i = faces[g].index(vertex)
                sides = [positions[faces[g][j]] - positions[vertex] for j in ((i + 1) % 3, i - 1)]
                sides = [(s - n * (n @ s)) / np.linalg.norm(s - n * (n @ s)) for s in sides]
                flat = along[g] - n * (n @ along[g])
                total += np.arccos(np.clip(sides[0] @ sides[1], -1, 1)) * flat / np.linalg.norm(flat)
            result[f, k] = (*(total / np.linalg.norm(total)), turn[f])
    return result


def test_flat_sheets_follow_u() -> None:
    positions, normals, uvs, triangles = grid(4, 4)
    sources, made, tangents = mikktspace_tangents(positions, normals, uvs, triangles)
    assert len(sources) == len(positions)
    assert (made == triangles).all()
    np.testing.assert_allclose(tangents, np.broadcast_to((1, 0, 0, 1), tangents.shape), atol=1e-6)
    _, _, mirrored = mikktspace_tangents(positions, normals, uvs * (-1, 1), triangles)
    np.testing.assert_allclose(mirrored, np.broadcast_to((-1, 0, 0, -1), tangents.shape), atol=1e-6)
    bitangents = np.cross(normals, mirrored[:, :3]) * mirrored[:, 3:]
    np.testing.assert_allclose(bitangents, np.broadcast_to((0, 1, 0), bitangents.shape), atol=1e-6)  # v falls upwards


def test_it_agrees_with_walking_from_triangle_to_triangle() -> None:
    rng = np.random.default_rng(4)
    positions, normals, uvs, triangles = grid(5, 6, bend=1.9)
    positions = positions + rng.normal(0, 0.02, positions.shape)
    uvs = uvs + rng.normal(0, 0.03, uvs.shape)
    uvs[:15, 0] = 1 - uvs[:15, 0]  # the lower half mirrored: groups part in the middle
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    fast = mikktspace_tangents(positions, normals, uvs, triangles)
    slow = slow_tangents(*(np.float32(a).astype(np.float64) for a in (positions, normals, uvs)), triangles)
    assert len(fast[0]) > len(positions), "vertices of the seam are split"
    assert (fast[0][: len(positions)] == np.arange(len(positions))).all()
    assert (fast[0][fast[1]] == triangles).all()
    np.testing.assert_allclose(fast[2][fast[1]], slow, atol=2e-4)


def test_seams_of_places_are_welded() -> None:
    """Triangles that share no vertex number are smoothed together where all of the vertices is equal."""
    positions, normals, uvs, triangles = grid(4, 4, bend=1.0)
    uvs = uvs + np.random.default_rng(1).normal(0, 0.05, uvs.shape)
    whole = mikktspace_tangents(positions, normals, uvs, triangles)
    order = triangles.reshape(-1)
    loose = mikktspace_tangents(positions[order], normals[order], uvs[order], np.arange(len(order)).reshape(-1, 3))
    np.testing.assert_allclose(loose[2][loose[1]], whole[2][whole[1]], atol=1e-6)


def test_what_has_no_direction_gets_one() -> None:
    positions, normals, uvs, triangles = grid(3, 3)
    _, _, tangents = mikktspace_tangents(positions, normals, np.zeros_like(uvs), triangles)
    np.testing.assert_allclose(np.linalg.norm(tangents[:, :3], axis=1), 1, atol=1e-6)
    assert np.abs((tangents[:, :3] * normals).sum(1)).max() < 1e-6
    with_sliver = np.concatenate([triangles, [[0, 0, 4]]])
    sources, made, tangents = mikktspace_tangents(positions, normals, uvs, with_sliver)
    assert len(sources) == len(positions), "a triangle without area takes what its vertices have"
    np.testing.assert_allclose(tangents[made[-1], 0], 1, atol=1e-6)


@pytest.mark.parametrize("name", ["LightsPunctualLamp", "AlphaBlendModeTest"])
def test_files_that_bring_tangents_brought_these(content: Path, name: str) -> None:
    files = sorted([*(content / "gltf" / name).rglob("*.glb"), *(content / "gltf" / name).rglob("*.gltf")])
    compared = 0
    for primitive in (p for mesh in read_gltf(files[0]).meshes for p in mesh.primitives):
        have = primitive.attributes
        if "TANGENT" not in have:
            continue
        found = mikktspace_tangents(have["POSITION"], have["NORMAL"], have["TEXCOORD_0"], primitive.triangles())
        expected, tangents = have["TANGENT"][found[0]], found[2]
        cosines = np.clip((expected[:, :3] * tangents[:, :3]).sum(1), -1, 1)
        assert (expected[:, 3] == tangents[:, 3]).mean() > 0.999
        assert np.degrees(np.arccos(np.percentile(cosines, 5))) < 0.1, "degrees, for 95 of 100 vertices"
        compared += 1
    assert compared


def test_absurd_numbers_give_unit_tangents() -> None:
    positions, normals, uvs, triangles = grid(3, 3)
    for scale in (1e38, 1e-38):
        tangents = mikktspace_tangents(positions * scale, normals * scale, uvs * scale, triangles)[2]
        assert np.isfinite(tangents).all()
        assert np.linalg.norm(tangents, axis=1).max() < 1.5


def test_models_get_tangents_where_materials_follow_them() -> None:
    positions, normals, uvs, triangles = grid(3, 3)
    half = uvs * (1, 1)
    half[:3, 0] = 1 - half[:3, 0]  # a mirrored row: its seam is split
    attributes = {
        "POSITION": positions.astype(np.float32), "NORMAL": normals.astype(np.float32),
        "TEXCOORD_0": uvs.astype(np.float32), "TEXCOORD_1": half.astype(np.float32),
        "JOINTS_0": np.arange(36, dtype=np.uint16).reshape(9, 4),
    }  # fmt: skip
    plain = Primitive(attributes, triangles.reshape(-1).astype(np.uint32), material=0)
    shift = {"POSITION": np.arange(27, dtype=np.float32).reshape(9, 3)}
    bumpy = Primitive(attributes, plain.indices, material=1, targets=[shift])
    swapped = Primitive(attributes, plain.indices, material=0, variants={0: 1})
    lines = Primitive(attributes, plain.indices, mode=Mode.LINES, material=1)
    own = Primitive({**attributes, "TANGENT": np.ones((9, 4), np.float32)}, plain.indices, material=1)
    model = ModelData(materials=[Material(), Material(normal_texture=TextureRef(0, texcoord=1))])
    model.meshes = [Mesh(primitives=[plain, bumpy, swapped, lines, own])]
    add_tangents(model)
    first, second, third, fourth, fifth = model.meshes[0].primitives
    assert first is plain
    assert fourth is lines
    assert fifth is own
    assert "TANGENT" in third.attributes
    sources = second.attributes["JOINTS_0"][:, 0] // 4
    assert second.vertex_count > 9
    assert {len(values) for values in second.attributes.values()} == {second.vertex_count}
    assert (second.targets[0]["POSITION"] == shift["POSITION"][sources]).all()
    assert (sources[second.triangles()] == plain.triangles()).all()
    assert with_tangents(second, model.materials) is second
    torn = Primitive({**attributes, "NORMAL": attributes["NORMAL"][:5]}, plain.indices)
    assert with_tangents(torn, model.materials) is torn


def test_many_triangles_at_one_vertex_or_edge() -> None:
    """What joins corners does so in few rounds, however they hang together."""
    count = 50_000
    angle = np.random.default_rng(0).permutation(count) * (2 * np.pi / count)
    rim = np.stack([np.cos(angle), np.sin(angle), np.zeros(count)], 1)
    positions = np.concatenate([np.zeros((1, 3)), rim])
    order = np.argsort(angle) + 1
    fan = np.stack([np.zeros(count, int), order, np.roll(order, -1)], 1)
    normals = np.broadcast_to((0.0, 0.0, 1.0), positions.shape)
    sources, _, tangents = mikktspace_tangents(positions, normals, positions[:, :2] * (1, -1), fan)
    assert len(sources) == len(positions)
    np.testing.assert_allclose(tangents[:, :3], np.broadcast_to((1, 0, 0), (len(tangents), 3)), atol=1e-4)
    book = np.stack([np.zeros(count, int), np.ones(count, int), 1 + np.arange(count)], 1)
    assert np.isfinite(mikktspace_tangents(positions, normals, positions[:, :2], book)[2]).all()


def test_which_texture_tangents_follow() -> None:
    bumps, coat, brushes = TextureRef(0, texcoord=1), TextureRef(0, texcoord=2), TextureRef(0, texcoord=3)
    assert followed_texture(Material()) is None
    assert followed_texture(Material(normal_texture=bumps, clearcoat=Clearcoat(1.0, normal_texture=coat))) is bumps
    assert followed_texture(Material(normal_texture=bumps, unlit=True)) is None
    assert followed_texture(Material(clearcoat=Clearcoat(1.0, normal_texture=coat), anisotropy=Anisotropy(0.5))) is coat
    assert followed_texture(Material(anisotropy=Anisotropy(0.5))) == TextureRef(0)
    assert followed_texture(Material(anisotropy=Anisotropy(0.5, texture=brushes))) is brushes


def test_tangents_turn_with_the_texture() -> None:
    positions, normals, uvs, triangles = grid(3, 3)
    attributes = {"POSITION": positions, "NORMAL": normals, "TEXCOORD_0": uvs}
    attributes = {name: values.astype(np.float32) for name, values in attributes.items()}
    plain = Primitive(attributes, triangles.reshape(-1).astype(np.uint32))
    expected = {(0.0, 1.0): (1, 0, 0, 1), (np.pi / 2, 1.0): (0, -1, 0, 1), (0.0, -1.0): (-1, 0, 0, -1), (0.0, 0.0): (1, 0, 0, 1)}
    for (turn, scale), tangent in expected.items():
        ref = TextureRef(0, rotation_rad=turn, scale=(scale, 1.0), offset=(0.3, 0.2))
        found = with_tangents(plain, [Material(normal_texture=ref)]).attributes["TANGENT"]
        np.testing.assert_allclose(found, np.broadcast_to(tangent, found.shape), atol=1e-6)
