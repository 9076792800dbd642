"""Pictures with what is known of every pixel, for who teaches machines to see: layers, cameras, things and their boxes."""

from taixu.render.datasets.layers import LAYERS, Frame, LayerView, camera_facts, pixels_from_motion
from taixu.render.datasets.things import Thing, ThingFinder
from taixu.render.datasets.writing import BesidePicture, DatasetFolder

__all__ = [
    "LAYERS", "BesidePicture", "DatasetFolder", "Frame", "LayerView", "Thing", "ThingFinder", "camera_facts", "pixels_from_motion",
]
