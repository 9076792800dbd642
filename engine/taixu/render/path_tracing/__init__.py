"""Reference pictures: paths of light through the world, by compute shaders."""

from __future__ import annotations

from taixu.render.path_tracing.still import clean, trace_still
from taixu.render.path_tracing.tracer import PathSettings, PathSums, PathTracer

__all__ = ["PathSettings", "PathSums", "PathTracer", "clean", "trace_still"]
