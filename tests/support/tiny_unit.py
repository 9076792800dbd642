"""A small unit in FMI, written and compiled for a test: a tank, ``level += (inflow - leak * level) * dt``."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

__all__ = ["make_unit"]

_TWO = """
#include <stdlib.h>
#include <string.h>
#include "fmi2Functions.h"
typedef struct { double level, inflow, leak; } Tank;
const char* fmi2GetTypesPlatform(void) { return "default"; }
const char* fmi2GetVersion(void) { return "2.0"; }
fmi2Component fmi2Instantiate(fmi2String n, fmi2Type t, fmi2String g, fmi2String r, const fmi2CallbackFunctions* f, fmi2Boolean v,
    fmi2Boolean l) { Tank* tank = calloc(1, sizeof(Tank)); tank->leak = 0.1; return tank; }
void fmi2FreeInstance(fmi2Component c) { free(c); }
fmi2Status fmi2SetupExperiment(fmi2Component c, fmi2Boolean a, fmi2Real b, fmi2Real s, fmi2Boolean d, fmi2Real e) { return fmi2OK; }
fmi2Status fmi2EnterInitializationMode(fmi2Component c) { return fmi2OK; }
fmi2Status fmi2ExitInitializationMode(fmi2Component c) { return fmi2OK; }
fmi2Status fmi2Terminate(fmi2Component c) { return fmi2OK; }
fmi2Status fmi2GetReal(fmi2Component c, const fmi2ValueReference r[], size_t n, fmi2Real v[])
    { for (size_t k = 0; k < n; k++) v[k] = ((double*)c)[r[k]]; return fmi2OK; }
fmi2Status fmi2SetReal(fmi2Component c, const fmi2ValueReference r[], size_t n, const fmi2Real v[])
    { for (size_t k = 0; k < n; k++) ((double*)c)[r[k]] = v[k]; return fmi2OK; }
fmi2Status fmi2DoStep(fmi2Component c, fmi2Real t, fmi2Real dt, fmi2Boolean b)
    { Tank* k = c; k->level += (k->inflow - k->leak * k->level) * dt; return k->level > 1e6 ? fmi2Error : fmi2OK; }
fmi2Status fmi2GetFMUstate(fmi2Component c, fmi2FMUstate* s)
    { *s = malloc(sizeof(Tank)); memcpy(*s, c, sizeof(Tank)); return fmi2OK; }
fmi2Status fmi2SetFMUstate(fmi2Component c, fmi2FMUstate s) { memcpy(c, s, sizeof(Tank)); return fmi2OK; }
fmi2Status fmi2FreeFMUstate(fmi2Component c, fmi2FMUstate* s) { free(*s); *s = 0; return fmi2OK; }
fmi2Status fmi2SerializedFMUstateSize(fmi2Component c, fmi2FMUstate s, size_t* n) { *n = sizeof(Tank); return fmi2OK; }
fmi2Status fmi2SerializeFMUstate(fmi2Component c, fmi2FMUstate s, fmi2Byte b[], size_t n) { memcpy(b, s, n); return fmi2OK; }
fmi2Status fmi2DeSerializeFMUstate(fmi2Component c, const fmi2Byte b[], size_t n, fmi2FMUstate* s)
    { *s = malloc(n); memcpy(*s, b, n); return fmi2OK; }
"""
_THREE = """
#include <stdlib.h>
#include <string.h>
#include "fmi3Functions.h"
typedef struct { double level, inflow, leak; } Tank;
const char* fmi3GetVersion(void) { return "3.0"; }
fmi3Instance fmi3InstantiateCoSimulation(fmi3String n, fmi3String t, fmi3String r, fmi3Boolean v, fmi3Boolean l, fmi3Boolean e,
    fmi3Boolean a, const fmi3ValueReference q[], size_t k, fmi3InstanceEnvironment i, fmi3LogMessageCallback m,
    fmi3IntermediateUpdateCallback u) { Tank* tank = calloc(1, sizeof(Tank)); tank->leak = 0.1; return tank; }
void fmi3FreeInstance(fmi3Instance c) { free(c); }
fmi3Status fmi3EnterInitializationMode(fmi3Instance c, fmi3Boolean a, fmi3Float64 b, fmi3Float64 s, fmi3Boolean d, fmi3Float64 e)
    { return fmi3OK; }
fmi3Status fmi3ExitInitializationMode(fmi3Instance c) { return fmi3OK; }
fmi3Status fmi3GetFloat64(fmi3Instance c, const fmi3ValueReference r[], size_t n, fmi3Float64 v[], size_t m)
    { for (size_t k = 0; k < n; k++) v[k] = ((double*)c)[r[k]]; return fmi3OK; }
fmi3Status fmi3SetFloat64(fmi3Instance c, const fmi3ValueReference r[], size_t n, const fmi3Float64 v[], size_t m)
    { for (size_t k = 0; k < n; k++) ((double*)c)[r[k]] = v[k]; return fmi3OK; }
fmi3Status fmi3DoStep(fmi3Instance c, fmi3Float64 t, fmi3Float64 dt, fmi3Boolean b, fmi3Boolean* e, fmi3Boolean* x, fmi3Boolean* y,
    fmi3Float64* z) { Tank* k = c; k->level += (k->inflow - k->leak * k->level) * dt; return fmi3OK; }
"""
_ABOUT = {
    2: """<fmiModelDescription fmiVersion="2.0" modelName="tank" guid="g"><CoSimulation modelIdentifier="tank" {keeps}/>
<ModelVariables><ScalarVariable name="level" valueReference="0" causality="output"><Real/></ScalarVariable>
<ScalarVariable name="in.flow" valueReference="1" causality="input"><Real start="0"/></ScalarVariable>
<ScalarVariable name="leak" valueReference="2" causality="parameter" variability="fixed"><Real start="0.1"/></ScalarVariable>
</ModelVariables><ModelStructure><Outputs><Unknown index="1"/></Outputs></ModelStructure></fmiModelDescription>""",
    3: """<fmiModelDescription fmiVersion="3.0" modelName="tank" instantiationToken="g">
<CoSimulation modelIdentifier="tank" {keeps}/>
<ModelVariables><Float64 name="level" valueReference="0" causality="output"/>
<Float64 name="in.flow" valueReference="1" causality="input" start="0"/>
<Float64 name="leak" valueReference="2" causality="parameter" variability="fixed" start="0.1"/>
</ModelVariables><ModelStructure><Output valueReference="0"/></ModelStructure></fmiModelDescription>""",
}


def make_unit(folder: Path, *, version: int = 2, keeps: bool = True) -> Path:
    """Compile the tank; `keeps` says whether it can say its state. Skips where fmpy or a compiler is missing."""
    fmpy = pytest.importorskip("fmpy", reason="units in FMI want fmpy")
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("a unit in FMI is compiled for this test, and there is no C compiler")
    headers = Path(fmpy.__file__).parent / "c-code"
    source, others, library, unit = (folder / name for name in ("tank.c", "others.c", "tank.so", f"tank{version}{keeps}.fmu"))
    source.write_text(_TWO if version == 2 else _THREE)
    declared = re.findall(rf"TYPE\s+(fmi{version}\w+);", (headers / f"fmi{version}Functions.h").read_text())
    missing = [name for name in declared if f" {name}(" not in source.read_text()]
    others.write_text("".join(f"int {name}(void) {{ return 0; }}\n" for name in missing))  # units have all that the standard names
    subprocess.run([compiler, "-shared", "-fPIC", "-I", str(headers), "-o", str(library), str(source), str(others)], check=True)
    place = fmpy.platform if version == 2 else fmpy.platform_tuple
    can = 'canGetAndSetFMUstate="true" canSerializeFMUstate="true"' if version == 2 else ""
    with zipfile.ZipFile(unit, "w") as archive:
        archive.writestr("modelDescription.xml", _ABOUT[version].format(keeps=can if keeps else ""))
        archive.write(library, f"binaries/{place}/tank{fmpy.sharedLibraryExtension}")
    return unit
