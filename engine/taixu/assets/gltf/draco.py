"""``KHR_draco_mesh_compression``, decoded by the optional package DracoPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.fields import Fields

__all__ = ["decode_draco", "has_draco"]


def has_draco() -> bool:
    """Whether the decoder is installed."""
    from importlib.util import find_spec

    return find_spec("DracoPy") is not None


def decode_draco(data: memoryview, ids: dict[str, int], fields: Fields) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """Decompress a primitive.

    Parameters
    ----------
    data : memoryview
        The compressed bytes.
    ids : dict of str to int
        Draco's unique id of each attribute.
    fields : Fields
        The extension's object, for errors.

    Returns
    -------
    indices : uint32 array [m]
    attributes : dict of str to array [n, k]
        As stored; integers are not normalised yet.

    Raises
    ------
    GltfError
        The package is missing or the data is damaged.
    """
    if not has_draco():
        raise fields.fail("", 'it is Draco-compressed: pip install "taixu[models]" brings the decoder')
    import DracoPy

    try:
        mesh = DracoPy.decode(bytes(data))
        by_id = {int(item["unique_id"]): np.asarray(item["data"]) for item in mesh.attributes}
        faces = np.asarray(getattr(mesh, "faces", np.empty((0, 3))))
    except Exception as error:  # whatever the binding raises: the data is to blame
        reason = str(error)[:80]
        raise fields.fail("", f"its Draco data is damaged ({reason}); export the model again") from None
    attributes: dict[str, NDArray[Any]] = {}
    for name, unique in ids.items():
        if unique not in by_id:
            raise fields.fail(f"attributes/{name}", f"the Draco data has no attribute {unique}")
        values = by_id[unique]
        attributes[name] = values.reshape(len(values), -1)
    return faces.reshape(-1).astype(np.uint32), attributes
