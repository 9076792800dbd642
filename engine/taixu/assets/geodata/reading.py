"""Map files by their endings and contents."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.geodata.features import MapData
from taixu.errors import TaixuError

__all__ = ["MAP_SUFFIXES", "read_map"]

MAP_SUFFIXES = (".city.json", ".city.jsonl", ".osm", ".geojson", ".json", ".gtfs", ".zip")


def read_map(path: Path) -> MapData:
    """Features of a file: CityJSON, OpenStreetMap (XML, or JSON of Overpass), GeoJSON, GTFS.

    Raises
    ------
    TaixuError
        When it cannot be read, in one sentence; what is wrong in single features is in its findings.
    """
    from taixu.assets.geodata.cityjson import decode_cityjson, is_cityjson, read_cityjson_lines
    from taixu.assets.geodata.geojson import decode_geojson, is_geojson
    from taixu.assets.geodata.gtfs import GTFS_SUFFIXES, read_gtfs
    from taixu.assets.geodata.gtfs_map import map_of_feed
    from taixu.assets.geodata.json_file import read_json
    from taixu.assets.geodata.osm import decode_overpass, is_overpass, read_osm

    name = path.name.lower()
    if name.endswith(".osm"):
        return read_osm(path)
    if name.endswith(GTFS_SUFFIXES):
        return map_of_feed(read_gtfs(path))
    if name.endswith((".city.jsonl", ".jsonl")):
        return read_cityjson_lines(path)
    if not name.endswith((".json", ".geojson")):
        raise TaixuError(f"{path.name}: what ends in {path.suffix or 'nothing'} is no map; {', '.join(MAP_SUFFIXES)} are read")
    found = read_json(path)
    if is_cityjson(found):
        return decode_cityjson(found, name=path.name)
    if is_overpass(found):
        return decode_overpass(found)
    if is_geojson(found):
        return decode_geojson(found, name=path.name)
    raise TaixuError(f"{path.name}: it is neither CityJSON nor GeoJSON nor an answer of Overpass")
