"""The Khronos glTF validator (an npm package), installed once into a cache folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

__all__ = ["find_validator"]

PACKAGE = "gltf-validator@2.0.0-dev.3.10"
SCRIPT = """
const validator = require('gltf-validator'), fs = require('fs'), path = require('path');
const file = process.argv[2], folder = path.dirname(file);
const read = name => new Uint8Array(fs.readFileSync(name));
validator.validateBytes(read(file), {
  uri: path.basename(file), maxIssues: 1000,
  externalResourceFunction: async uri => read(path.join(folder, decodeURIComponent(uri))),
}).then(
  report => console.log(JSON.stringify(report)),
  error => { console.error(String(error)); process.exit(1); });
"""


def find_validator(folder: Path) -> Callable[[Path], dict[str, object]] | str:
    """A function that validates a file and gives the report, or one sentence that says why there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "node and npm are not installed, and the glTF validator runs on them"
    if not (folder / "node_modules" / "gltf-validator").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        except subprocess.TimeoutExpired:
            return "npm did not bring the glTF validator in three minutes"
        if done.returncode:
            return f"npm cannot install the glTF validator: {done.stderr.strip()[-200:]}"
    script = folder / "validate.js"
    script.write_text(SCRIPT)

    def validate(file: Path) -> dict[str, object]:
        done = subprocess.run([node, str(script), str(file)], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"the glTF validator failed on {file}: {done.stderr.strip()}")
        report: dict[str, object] = json.loads(done.stdout)
        return report

    return validate
