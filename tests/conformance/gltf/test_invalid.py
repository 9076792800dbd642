"""The Khronos validator's own assets: valid ones are read, the others are read or refused with one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from taixu.assets.gltf import GltfError, check_gltf, read_gltf


@pytest.fixture(scope="module")
def assets(content: Path) -> list[tuple[Path, dict[str, Any]]]:
    folder = content / "gltf-invalid"
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"no gltf-invalid/manifest.json in {content}")
    return [(folder / entry["asset"], entry) for entry in json.loads((folder / "manifest.json").read_text())]


def test_valid_files_are_read(assets: list[tuple[Path, dict[str, Any]]]) -> None:
    valid = [path for path, entry in assets if entry["errors"] == 0]
    assert valid
    for path in valid:
        assert read_gltf(path).path == path


def test_invalid_files_are_read_or_refused_with_a_sentence(assets: list[tuple[Path, dict[str, Any]]]) -> None:
    refused = 0
    for path, entry in assets:
        try:
            read_gltf(path)
        except GltfError as error:
            assert entry["errors"] > 0, path
            message = str(error)
            assert message.startswith(f"{path.name}: ")
            assert "\n" not in message
            assert len(message) < 400
            refused += 1
    assert 10 < refused < len(assets)


def test_a_check_finds_errors_where_the_validator_does(assets: list[tuple[Path, dict[str, Any]]]) -> None:
    for path, entry in assets:
        errors = [finding for finding in check_gltf(path) if finding.severity == "error"]
        assert bool(errors) == (entry["errors"] > 0), (path, errors)
