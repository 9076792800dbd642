"""What every test shares: strict floating point, cached shaders, the third-party content, minutes by area."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("TAIXU_CONTENT", str(ROOT.parent / "shared" / "content"))
# Compiling shaders is most of a golden image's time: Mesa keeps what it compiled, in the checkout.
os.environ.setdefault("MESA_SHADER_CACHE_DIR", str(ROOT / ".taixu" / "shader-cache"))
Path(os.environ["MESA_SHADER_CACHE_DIR"]).mkdir(parents=True, exist_ok=True)  # it makes one folder alone, and says so on stderr
# Hundreds of tests start a Python of their own: each would compile the engine anew where bytecode is not kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

import numpy as np  # noqa: E402  (the environment comes first)
from area_times import AreaTimes  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "taixu", deadline=None, print_blob=True, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("taixu"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "taixu"))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(AreaTimes(Path(__file__).parent), "area_times")


@pytest.fixture(autouse=True)
def strict_floats() -> Iterator[None]:
    """Dividing by zero, overflow and making NaN are errors; float32 may vanish to zero.

    (That is how a motion comes to rest.)
    """
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(scope="session")
def content() -> Path:
    """The folder of third-party models and pictures (``TAIXU_CONTENT``); skips where it is absent."""
    folder = Path(os.environ["TAIXU_CONTENT"])
    if not folder.is_dir():
        pytest.skip(f"no third-party content at {folder}; TAIXU_CONTENT names the folder")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def gltf_validator() -> Callable[[Path], dict[str, object]]:
    """The Khronos validator as a function of a file that gives its report; skipped where it cannot be had."""
    from gltf_validator import find_validator

    validate = find_validator(ROOT / ".taixu" / "node")
    if isinstance(validate, str):
        pytest.skip(validate)
    return validate
