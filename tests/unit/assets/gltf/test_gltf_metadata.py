"""Property tables go into a GLB and come out again, whatever type their columns have; broken ones are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from taixu.assets.gltf import read_gltf_bytes
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.limits import Limits
from taixu.assets.gltf.reader import read_document
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node
from taixu.assets.property_tables import Metadata, PropertyTable

_PROPERTIES: dict[str, Any] = {
    "id": {"type": "STRING"},
    "height": {"type": "SCALAR", "componentType": "FLOAT64", "noData": -1.0},
    "storeys": {"type": "SCALAR", "componentType": "INT64"},
    "listed": {"type": "BOOLEAN"},
    "use": {"type": "ENUM", "enumType": "uses"},
    "middle": {"type": "VEC3", "componentType": "FLOAT32"},
    "names": {"type": "STRING", "array": True},
    "pair": {"type": "SCALAR", "componentType": "UINT8", "array": True, "count": 2},
    "share": {"type": "SCALAR", "componentType": "UINT8", "normalized": True},
}
_COLUMNS: dict[str, list[Any]] = {
    "id": ["NL.1", "", "屋 3"], "height": [7.25, None, 1e-9], "storeys": [2**52, -3, 0], "listed": [True, False, True],
    "use": ["home", "shop", "home"], "middle": [[1.0, 2.0, 3.5], [0.0, 0.0, 0.0], [-1.0, 0.5, 4.0]],
    "names": [["a", "bc"], [], ["d"]], "pair": [[1, 2], [3, 4], [5, 6]], "share": [0.0, 1.0, 0.2],
}  # fmt: skip


def _model() -> ModelData:
    uses = {"valueType": "UINT8", "values": [{"name": "home", "value": 0}, {"name": "shop", "value": 3}]}
    schema = {"id": "town", "classes": {"house": {"properties": _PROPERTIES}}, "enums": {"uses": uses}}
    part = Primitive({"POSITION": np.eye(3, dtype=np.float32), "_FEATURE_ID_0": np.array([0, 1, 2], np.uint16)})
    part.extensions["EXT_mesh_features"] = {"featureIds": [{"featureCount": 3, "attribute": 0, "propertyTable": 0}]}
    table = PropertyTable("house", 3, dict(_COLUMNS), name="houses")
    return ModelData(nodes=[Node(mesh=0)], meshes=[Mesh("m", [part])], metadata=Metadata(schema, [table]))


def test_tables_survive_a_glb() -> None:
    model = read_gltf_bytes(glb_bytes(_model()), name="x.glb")
    assert model.metadata is not None
    (table,) = model.metadata.tables
    assert (table.name, table.class_name, table.count) == ("houses", "house", 3)
    share = table.columns.pop("share")
    assert np.allclose(share, _COLUMNS["share"], atol=1e-6)
    assert table.columns == {name: values for name, values in _COLUMNS.items() if name != "share"}
    part = model.meshes[0].primitives[0]
    assert part.extensions["EXT_mesh_features"]["featureIds"][0]["propertyTable"] == 0
    assert part.attributes["_FEATURE_ID_0"].tolist() == [0, 1, 2]
    assert table.row(1)["storeys"] == -3 and "height" not in table.row(1)


def test_what_refers_to_tables_goes_where_they_are_not() -> None:
    model = _model()
    model.metadata = None
    assert "EXT_mesh_features" not in read_gltf_bytes(glb_bytes(model), name="x.glb").extensions_used


@pytest.mark.parametrize(
    ("old", "new"), [(b'"count":3,"properties"', b'"count":9,"properties"'), (b'"UINT32"', b'"UINT64"')]
)
def test_lying_lengths_are_told_and_the_rest_is_read(old: bytes, new: bytes) -> None:
    data = glb_bytes(_model())
    assert old in data
    report = Report(tolerant=True)
    model = read_document(data.replace(old, new), resolver=None, limits=Limits(), report=report)
    assert model.metadata is not None and len(model.meshes) == 1
    told = " ".join(str(each) for each in report.findings)
    assert "bytes" in told or "rise" in told
