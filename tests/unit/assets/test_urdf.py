"""Robots: what URDF says, what it may not say, and what is seen of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.importers import import_model
from taixu.assets.model import ModelData
from taixu.assets.safe_xml import parse_xml
from taixu.assets.solids import box_primitive, turned_primitive
from taixu.assets.urdf import pose_matrix, read_urdf
from taixu.assets.urdf_model import model_of_robot
from taixu.errors import TaixuError

ROBOT = """<?xml version="1.0"?>
<robot name="arm">
  <material name="red"><color rgba="1 0 0 0.5"/></material>
  <link name="tip"><visual><geometry><sphere radius="0.1"/></geometry><material name="blue"/></visual></link>
  <link name="base">
    <inertial><origin xyz="0 0 1"/><mass value="2"/><inertia ixx="1" iyy="2" izz="3" ixy="0.5"/></inertial>
    <visual name="body"><origin xyz="0 0 0.5" rpy="0 0 1.5707963"/><geometry><box size="1 2 3"/></geometry>
      <material name="red"/></visual>
    <collision><geometry><cylinder radius="1" length="2"/></geometry></collision>
  </link>
  <joint name="lift" type="prismatic">
    <parent link="base"/><child link="tip"/><origin xyz="0 0 2"/><axis xyz="0 0 2"/>
    <limit lower="-1" upper="1" effort="5" velocity="3"/><dynamics damping="0.7" friction="0.1"/>
    <mimic joint="other" multiplier="2"/>
  </joint>
  <material name="blue"><color rgba="0 0 1 1"/></material>
</robot>
"""
OFF = "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
JOINT = '<joint><parent link="{}"/><child link="{}"/></joint>'
STL = ("solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 2\nvertex 1 0 2\nvertex 0 1 2\nendloop\nendfacet\n"
       "endsolid a\n")


def write(folder: Path, text: str) -> Path:
    file = folder / "a.urdf"
    file.write_text(text)
    return file


def world_points(model: ModelData, node_name: str) -> np.ndarray:
    index = next(index for index, node in enumerate(model.nodes) if node.name == node_name and node.mesh is not None)
    node = model.nodes[index]
    points = model.meshes[node.mesh].primitives[0].attributes["POSITION"].astype(float)
    at: int | None = index
    while at is not None:
        matrix = model.nodes[at].parent_from_local()
        points = points @ matrix[:3, :3].T + matrix[:3, 3]
        at = model.nodes[at].parent
    return points


def test_a_robot_is_read(tmp_path: Path) -> None:
    robot = read_urdf(write(tmp_path, ROBOT))
    assert (robot.name, robot.root, [link.name for link in robot.links]) == ("arm", 1, ["tip", "base"])
    base, joint = robot.links[1], robot.joints[0]
    assert base.inertial is not None
    assert base.inertial.mass_kg == 2
    assert base.inertial.inertia.tolist() == [[1, 0.5, 0], [0.5, 2, 0], [0, 0, 3]]
    assert base.inertial.link_from_center[2, 3] == 1
    assert base.visuals[0].geometry.size == (1, 2, 3)
    assert base.visuals[0].material is not None
    assert base.visuals[0].material.color == (1, 0, 0, 0.5)
    assert robot.links[0].visuals[0].material is not None
    assert robot.links[0].visuals[0].material.color == (0, 0, 1, 1)  # defined later in the file
    assert (base.collisions[0].geometry.kind, base.collisions[0].geometry.length_m) == ("cylinder", 2)
    assert (joint.kind, joint.axis, joint.lower, joint.upper) == ("prismatic", (0, 0, 1), -1, 1)
    assert (joint.max_effort, joint.max_velocity, joint.damping, joint.friction) == (5, 3, 0.7, 0.1)
    assert joint.mimic is not None
    assert (joint.mimic.joint, joint.mimic.multiplier) == ("other", 2)


def test_it_stands_up_as_a_model(tmp_path: Path) -> None:
    model = import_model(write(tmp_path, ROBOT))
    body = world_points(model, "body")
    np.testing.assert_allclose(body.min(axis=0), (-1, -1, -0.5), atol=1e-6)  # 2 along x by the turn, Y up
    np.testing.assert_allclose(body.max(axis=0), (1, 2, 0.5), atol=1e-6)
    tip = world_points(model, "sphere")
    np.testing.assert_allclose((tip.min(axis=0) + tip.max(axis=0)) / 2, (0, 2, 0), atol=1e-6)
    assert {node.name: node.extras for node in model.nodes}["tip"] == {"joint": "lift"}
    red = next(material for material in model.materials if material.name == "red")
    assert (red.base_color, red.alpha_mode) == ((1, 0, 0, 0.5), "BLEND")


def test_turns_are_about_fixed_axes() -> None:
    matrix = pose_matrix((1, 2, 3), (0.3, -0.4, 0.5))
    x, y, z = (pose_matrix((0, 0, 0), np.array(row) * angle) for row, angle in zip(np.eye(3), (0.3, -0.4, 0.5)))
    np.testing.assert_allclose(matrix[:3, :3], (z @ y @ x)[:3, :3], atol=1e-12)


def test_meshes_are_found_inside_only(tmp_path: Path) -> None:
    package = tmp_path / "arm_description"
    (package / "urdf").mkdir(parents=True)
    (package / "meshes").mkdir()
    (package / "package.xml").write_text("<package/>")
    (package / "meshes" / "a.off").write_text(OFF)
    (package / "meshes" / "b.stl").write_text(STL)
    (tmp_path / "secret.off").write_text(OFF)
    names = ["package://arm_description/meshes/a.off", "../meshes/b.stl", "../../secret.off", "/etc/passwd",
             "http://example.org/x.stl", "package://../../secret.off", ""]
    mesh = '<visual><geometry><mesh filename="{}" scale="2 2 2"/></geometry></visual>'
    visuals = "".join(mesh.format(name) for name in names)
    robot = read_urdf(write(package / "urdf", f'<robot name="r"><link name="l">{visuals}</link></robot>'))
    found = [shape.geometry.path for shape in robot.links[0].visuals]
    assert found == [package / "meshes" / "a.off", package / "meshes" / "b.stl", *[None] * 5]
    assert len(robot.notes) == 5
    model = model_of_robot(robot)
    assert len(model.meshes) == 2
    stl = world_points(model, next(node.name for node in model.nodes if node.mesh == 1))
    np.testing.assert_allclose(stl[:, 1], 4, atol=1e-5)  # z = 2 in the file, scaled, in the robot's axes, Y up


@pytest.mark.parametrize(("text", "reason"), [
    ("<robot/>", "no links"),
    ("<world/>", "not <robot>"),
    ("not xml", "is no XML"),
    ('<robot><link name="a"/><link name="a"/></robot>', "two links are called"),
    ('<robot><link name="a"/><link name="b"/></robot>', "several links hang on none"),
    ('<robot><link name="a"/><joint name="j"><parent link="a"/><child link="a"/></joint></robot>', "in a circle"),
    (f'<robot><link name="a"/><link name="b"/><link name="c"/>{JOINT.format("b", "c")}{JOINT.format("c", "b")}</robot>',
     "in a circle"),
    ('<robot><link name="a"/><joint name="j"><parent link="a"/><child link="x"/></joint></robot>', "no such link"),
    ('<robot><link name="a"/><joint type="magic"><parent link="a"/><child link="a"/></joint></robot>', "magic"),
    ('<robot><link name="a"><inertial><mass value="nan"/></inertial></link></robot>', "is no number"),
    ('<robot><link name="a"><inertial><mass value="-1"/></inertial></link></robot>', "negative mass"),
    ('<robot><link name="a"><visual><origin xyz="1 2"/><geometry><box/></geometry></visual></link></robot>', "2 n"),
    ('<robot><link name="a"><visual><geometry><sphere radius="-1"/></geometry></visual></link></robot>', "negative"),
    ("<!DOCTYPE robot [<!ENTITY a 'b'>]><robot>&a;</robot>", "declares entities"),
    ("<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><robot>&x;</robot>", "declares entities"),
    ("<robot>" + "<a>" * 5000, "nested too deeply"),
])
def test_bad_ones_are_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(TaixuError, match=reason) as caught:
        read_urdf(write(tmp_path, text))
    assert "a.urdf" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_prefixes_go_and_bad_encodings_are_refused() -> None:
    root = parse_xml(b'<a:b xmlns:a="x" a:c="1"><a:d/></a:b>', name="x")
    assert (root.tag, root.get("c"), root[0].tag) == ("b", "1", "d")
    for data in (b'<?xml version="1.0" encoding="nonsense"?><a/>', b"\xff\xfe<", b""):
        with pytest.raises(TaixuError, match="is no XML"):
            parse_xml(data, name="x")


@pytest.mark.parametrize("primitive", [
    box_primitive((1, 2, 3)),
    turned_primitive("sphere", radius_m=1),
    turned_primitive("cylinder", radius_m=1, length_m=2),
    turned_primitive("capsule", radius_m=0.5, length_m=2),
])
def test_solids_are_closed_and_face_outwards(primitive: object) -> None:
    points = primitive.attributes["POSITION"].astype(float)[primitive.triangles()]  # type: ignore[attr-defined]
    normals = primitive.attributes["NORMAL"][primitive.triangles()]  # type: ignore[attr-defined]
    faces = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    assert np.einsum("tx,tcx->tc", faces, normals).min() > 0
    volume = np.einsum("tx,tx->t", points[:, 0], np.cross(points[:, 1], points[:, 2])).sum() / 6
    assert any(abs(volume / true - 1) < 0.03 for true in (6, 4 / 3 * np.pi, 2 * np.pi, np.pi * 0.5 + np.pi / 6))
    np.testing.assert_allclose(faces.sum(axis=0), 0, atol=1e-5)


def test_the_robots_of_pybullet() -> None:
    data = pytest.importorskip("pybullet_data", reason="pybullet has no wheel here")
    root = Path(data.getDataPath())
    refused = []
    links = 0
    for file in sorted(root.rglob("*.urdf")):
        try:
            links += len(read_urdf(file, root=root).links)
        except TaixuError as error:
            refused.append(str(error))
    assert links > 1500
    assert len(refused) <= 5, refused
    names = ("r2d2.urdf", "kuka_iiwa/model.urdf", "duck_vhacd.urdf", "table/table.urdf", "cube.urdf")
    for name in names:
        model = model_of_robot(read_urdf(root / name, root=root))
        assert model.meshes, name
