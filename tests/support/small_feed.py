"""A small feed of public transport for tests: two stops of a bus line on a street that goes east."""

from __future__ import annotations

import zipfile
from pathlib import Path

__all__ = ["LATITUDE", "LONGITUDE", "feed_tables", "write_feed"]

LONGITUDE, LATITUDE = 11.0, 48.0
_M_EAST, _M_NORTH = 74_625.0, 111_195.0
"""Metres a degree at that latitude."""


def degrees(east: float, north: float) -> str:
    """Latitude and longitude of metres from the origin, as a table has them."""
    return f"{LATITUDE + north / _M_NORTH:.8f},{LONGITUDE + east / _M_EAST:.8f}"


def feed_tables() -> dict[str, str]:
    """Stops at 60 and 400 m east of the origin, 4 m beside the street; five buses a weekday, and three a night by frequency."""
    times = [(f"08:{k:02d}:00,08:{k:02d}:30", f"08:{k + 2:02d}:00,08:{k + 2:02d}:00") for k in range(0, 50, 10)]
    calls = "".join(f"t{k},{market},A,1\nt{k},{harbour},B,5\n" for k, (market, harbour) in enumerate(times))
    return {
        "agency.txt": "agency_name,agency_timezone\nTown Lines,Europe/Berlin\n",
        "stops.txt": f"\ufeffstop_id,stop_name,stop_lat,stop_lon,wheelchair_boarding\nA,Market,{degrees(60, -4)},1\n"
                     f"B,Harbour,{degrees(400, -4)},0\nfar,Far away,{degrees(90_000, 0)},0\n",
        "routes.txt": "route_id,route_short_name,route_long_name,route_type\nr1,7,Market - Harbour,3\nr2,,Night line,700\n",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
                        "week,1,1,1,1,1,0,0,20260504,20260510\n",
        "calendar_dates.txt": "service_id,date,exception_type\nweek,20260505,2\nnight,20260506,1\n",
        "trips.txt": "route_id,service_id,trip_id,shape_id\n" + "".join(f"r1,week,t{k},s\n" for k in range(5)) + "r2,night,n,\n",
        "stop_times.txt": f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n{calls}"
                          "n,00:00:00,00:00:00,A,1\nn,00:02:00,00:02:00,B,2\n",
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nn,24:30:00,26:00:00,1800\n",
        "shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
                      f"s,{degrees(400, 0)},2\ns,{degrees(60, 0)},1\n",
    }  # fmt: skip


def write_feed(path: Path, tables: dict[str, str] | None = None) -> Path:
    """Write a feed's zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (feed_tables() if tables is None else tables).items():
            archive.writestr(name, text)
    return path
