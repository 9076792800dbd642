"""What is made of pictures: maps of a material, a picture that repeats, a larger picture; and textures by words.

Everything here works without weights, on one still picture that somebody names, read with care (`reading`). Models of the user's
do parts of it better where there are some: Marigold's pipelines the maps, diffusers' upscalers the enlarging. Heuristics stand in
modules of their own, one idea each, on plain arrays (`albedo`, `relief`, `joints`, `seamless`, `upscaling`); generators are thin.
"""

from taixu.generate.pictures.maps import MapParameters, maps_of_picture
from taixu.generate.pictures.reading import Picture, read_picture
from taixu.generate.pictures.seamless import seam_ratio, seamless

__all__ = ["MapParameters", "Picture", "maps_of_picture", "read_picture", "seam_ratio", "seamless"]
