"""Meshes by the user's own models: Shap-E (diffusers), TripoSG, Hunyuan3D and TRELLIS.2, behind one contract.

What such a model gets is words, a picture, or pictures from several sides; what it gives is raw triangles in a frame of its own.
`ModelMeshGenerator` does the rest for all of them: it reads and cuts out the picture (`subjects`), waits for the machine's turn,
and sends what came out through the gate, which mends it, gives it its size and its foot, makes it as small as wanted and bakes
its look. So all of them have the same parameters, and a plugin for another model is one function.

Shap-E is part of diffusers. The others are programs of their own that no package index has: `checkouts` finds what the user
installed, and looks at weights and configurations before that code sees them.
"""

from __future__ import annotations

from taixu.generate.mesh_models.contract import Asked, MeshWishes, ModelMeshGenerator

__all__ = ["Asked", "MeshWishes", "ModelMeshGenerator"]
