"""Units of the Functional Mock-up Interface (FMI 2 and 3, co-simulation) as simulators, by fmpy: https://fmi-standard.org.

A unit is a program of whoever made it. One that might crash belongs into a process of its own.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Unit"]

_MOST_BYTES, _MOST_FILES, _MOST_VARIABLES = 1 << 30, 10_000, 1 << 16
_MOST_REPLAYED = 1 << 20
_READS = {"Real": "getReal", "Integer": "getInteger", "Boolean": "getBoolean", "Float64": "getFloat64", "Int32": "getInt32"}
_WRITES = {kind: name.replace("get", "set") for kind, name in _READS.items()}


class Unit:
    """A simulator that a unit computes.

    It is told the unit's inputs and says its outputs, each a number under the variable's name (dots become ``_``). Where the unit
    can say its state, checkpoints hold that; where it cannot, they hold what it was told at each step, and restoring takes all
    steps again.

    Parameters
    ----------
    file
        The ``.fmu``.
    starts
        Values of parameters and inputs at the start, by variable.

    Raises
    ------
    TaixuError
        When it is no unit for co-simulation, has no program for this machine, or a start names no variable.
    MachineError
        When fmpy is missing.
    """

    def __init__(
        self, file: str | Path, *, starts: Mapping[str, float] | None = None, name: str = "unit", period_secs: float = 0.1
    ) -> None:
        try:
            import fmpy
        except ImportError as error:
            raise MachineError("units in FMI want fmpy: pip install 'taixu[city]'") from error
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self._file, self._starts = Path(file), dict(starts or {})
        _look_into(self._file)
        self._folder = Path(tempfile.mkdtemp(prefix="taixu-unit-"))
        self._delete = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)  # at the latest when Python ends
        self._instance: Any = None
        try:
            fmpy.extract(str(self._file), str(self._folder))
            self._about: Any = fmpy.read_model_description(str(self._folder), validate=False)
            if self._about.coSimulation is None or self._about.fmiVersion[:1] not in "23":
                raise TaixuError(f"{self._file}: is no unit in FMI 2 or 3 for co-simulation")
            known = [each for each in self._about.modelVariables[:_MOST_VARIABLES] if each.type in _READS and not each.dimensions]
            self._variables = {each.name: each for each in known}
            self._inputs = {_column(each.name): each for each in known if each.causality == "input"}
            self._outputs = {_column(each.name): each for each in known if each.causality == "output"}
            part = self._about.coSimulation
            self._keeps = bool(part.canGetAndSetFMUstate and part.canSerializeFMUstate)
            self._told: list[tuple[int, int, dict[str, float]]] = []
            self._begin(0.0)
        except TaixuError:
            self.close()
            raise
        except Exception as error:  # fmpy raises bare exceptions
            self.close()
            raise TaixuError(f"{self._file}: this unit cannot be run here: {error}") from error
        self._started = False

    @property
    def keeps_state(self) -> bool:
        """Whether the unit can say its state."""
        return self._keeps

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Have the unit go on."""
        values = {}
        for name in self._inputs.keys() & given.keys():
            if given[name].size != 1 or not np.isfinite(given[name]).all():
                raise TaixuError(f"the input {name} takes one finite number, not {given[name].shape}")
            values[name] = float(given[name].ravel()[0])
        if not self._started and time_ns:
            self._begin(time_ns / 1e9)
        if not self._keeps:
            self._told.append((time_ns, dt_ns, values))
            if len(self._told) > _MOST_REPLAYED:
                raise TaixuError(f"this unit cannot say its state, and more than {_MOST_REPLAYED} steps are not kept")
        self._go(time_ns, dt_ns, values)
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """Its outputs as they are."""
        return {name: np.array(self._read(each), np.float64) for name, each in self._outputs.items()}

    def checkpoint(self) -> bytes:
        """The unit's own state, or all that it was told."""
        if self._keeps:
            state = self._instance.getFMUState()
            try:
                whole = np.frombuffer(self._instance.serializeFMUState(state), np.uint8)
            finally:
                self._instance.freeFMUState(state)
            return pack({"state": whole}, {"started": self._started})
        names = list(self._inputs)
        times = np.array([[time_ns, dt_ns] for time_ns, dt_ns, _ in self._told], np.int64).reshape(-1, 2)
        values = np.array([[each.get(name, np.nan) for name in names] for _, _, each in self._told], np.float64)
        return pack({"times": times, "values": values.reshape(len(times), len(names))}, {"inputs": names, "started": self._started})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of; without states of its own, by taking all steps again."""
        arrays, facts = unpack(state)
        wanted = {"state"} if self._keeps else {"times", "values"}
        if not wanted <= arrays.keys() or not isinstance(facts.get("started"), bool):
            raise TaixuError("this is no state of this unit")
        if self._keeps:
            held = self._instance.deserializeFMUState(arrays["state"].tobytes())
            self._instance.setFMUState(held)
            self._instance.freeFMUState(held)
            self._started = facts["started"]
            return
        times, values = arrays["times"], arrays["values"]
        if facts.get("inputs") != list(self._inputs) or times.ndim != 2 or values.shape != (len(times), len(self._inputs)):
            raise TaixuError("this is a state of another unit: its inputs are not these")
        named = [zip(self._inputs, row, strict=True) for row in values.tolist()]
        rows = [{name: value for name, value in each if np.isfinite(value)} for each in named]
        self._told = [(int(time), int(dt), row) for (time, dt), row in zip(times.tolist(), rows, strict=True)]
        self._begin(self._told[0][0] / 1e9 if self._told else 0.0)
        for step in self._told:
            self._go(*step)
        self._started = facts["started"]

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """End the unit, and delete what was unpacked."""
        self._end()
        self._delete()

    def _begin(self, start_secs: float) -> None:
        """A fresh instance, at the start."""
        from fmpy import fmi2, fmi3

        self._end()
        is_two = self._about.fmiVersion.startswith("2")
        kind = fmi2.FMU2Slave if is_two else fmi3.FMU3Slave
        self._instance = kind(
            guid=self._about.guid if is_two else self._about.instantiationToken or self._about.guid, instanceName=self.name,
            unzipDirectory=str(self._folder), modelIdentifier=self._about.coSimulation.modelIdentifier,
        )  # fmt: skip
        self._instance.instantiate()
        if is_two:
            self._instance.setupExperiment(startTime=start_secs)
        for name, value in self._starts.items():
            if name not in self._variables:
                raise TaixuError(f"{self._file}: there is no variable {name[:60]!r} that holds a number")
            self._write(self._variables[name], value)
        if is_two:
            self._instance.enterInitializationMode()
        else:
            self._instance.enterInitializationMode(startTime=start_secs)
        self._instance.exitInitializationMode()

    def _go(self, time_ns: int, dt_ns: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._write(self._inputs[name], value)
        self._instance.doStep(currentCommunicationPoint=time_ns / 1e9, communicationStepSize=dt_ns / 1e9)
        self._started = True

    def _read(self, variable: Any) -> float:
        return float(getattr(self._instance, _READS[variable.type])([variable.valueReference])[0])

    def _write(self, variable: Any, value: float) -> None:
        plain: Any = value if variable.type in ("Real", "Float64") else int(value)
        getattr(self._instance, _WRITES[variable.type])([variable.valueReference], [plain])

    def _end(self) -> None:
        if self._instance is not None:
            instance, self._instance = self._instance, None
            if instance.component:
                instance.freeInstance()


def _look_into(file: Path) -> None:
    """Refuse what is no archive, or would fill the disk."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile) as error:
        raise TaixuError(f"{file}: is no unit in FMI: it cannot be opened as an archive") from error
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise TaixuError(f"{file}: this unit unpacks to more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MB")
    if "modelDescription.xml" not in {entry.filename for entry in entries}:
        raise TaixuError(f"{file}: is no unit in FMI: it has no modelDescription.xml")


def _column(name: str) -> str:
    return name.replace(".", "_")
