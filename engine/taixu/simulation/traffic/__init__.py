"""Traffic: lanes, lights, cars that follow one another."""

from taixu.simulation.traffic.demand import CAR, Demand, Kind, Trip
from taixu.simulation.traffic.network import Connection, Lane, RoadNetwork, SignalProgram
from taixu.simulation.traffic.routing import Router
from taixu.simulation.traffic.traffic import Traffic

__all__ = ["CAR", "Connection", "Demand", "Kind", "Lane", "RoadNetwork", "Router", "SignalProgram", "Traffic", "Trip"]
