"""What this machine has, and how a model is held on it: device, precision, and what stays outside of the device meanwhile.

Needs are estimated from the headers of the weights: numbers times the bytes of the precision, and for what is computed the
widest layer of the autoencoder at full size, which is where pictures take most.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from taixu.errors import MachineError
from taixu.generate.diffusion.model_folder import DiffusionModel

if TYPE_CHECKING:
    import torch

__all__ = ["Holding", "Machine", "MachineChoice", "find_machine", "plan_holding"]

Offload = Literal["none", "parts", "layers"]

_WIDEST_LAYERS = 6
"""How many layers' worth of numbers at full size are alive at once in an autoencoder's decoder, measured with SD and SDXL."""
_STEP_LAYERS = 48
"""The same for a step of the network that makes the picture, in its first layers' width."""
_SPARE = 256 << 20
_TILE = 512
_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_NETWORKS = ("unet", "transformer", "prior", "controlnet")


@dataclass(frozen=True, slots=True)
class MachineChoice:
    """What the user wants of the machine; ``auto`` leaves it to what there is.

    Attributes
    ----------
    device
        ``cuda``, ``mps`` or ``cpu``.
    precision
        ``float32``, ``bfloat16`` or ``float16``.
    offload
        ``none``; ``parts``: those of the model that are not at work wait in main memory; ``layers``: even the layers of one do.
    """

    device: str = "auto"
    precision: str = "auto"
    offload: str = "auto"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine has.

    Attributes
    ----------
    devices
        The best first.
    free_bytes
        On the best device (device memory, or main memory for a processor), and `main_bytes` in main memory.
    has_bfloat16
        Whether the best device computes with it at full speed.
    """

    devices: tuple[str, ...]
    free_bytes: Mapping[str, int]
    has_bfloat16: bool = True


@dataclass(frozen=True, slots=True)
class Holding:
    """How a model is held.

    Attributes
    ----------
    tiles
        Whether the autoencoder works tile by tile, because a whole picture does not fit.
    slices
        Whether attention is computed a head at a time.
    needed_bytes
        On the device, as estimated.
    """

    device: str
    precision: str
    offload: Offload
    tiles: bool
    slices: bool
    needed_bytes: int

    @property
    def dtype(self) -> torch.dtype:
        """The precision as torch calls it."""
        import torch

        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[self.precision]


def find_machine() -> Machine:
    """Ask this machine."""
    import torch

    main = _free_main_bytes()
    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        return Machine(("cuda", "cpu"), {"cuda": int(free), "cpu": main}, torch.cuda.is_bf16_supported(including_emulation=False))
    if sys.platform == "darwin" and torch.backends.mps.is_available():
        return Machine(("mps", "cpu"), {"mps": main, "cpu": main}, False)
    return Machine(("cpu",), {"cpu": main})


def plan_holding(
    model: DiffusionModel, machine: Machine, choice: MachineChoice, *, size: tuple[int, int], name: str, extra: int = 0
) -> Holding:
    """How to hold a model.

    Parameters
    ----------
    size
        Width and height of pictures in pixels.
    name
        What errors call the model.
    extra
        Numbers in weights beside the model's own: a ControlNet's, LoRAs'.

    Raises
    ------
    MachineError
        When a device is chosen that is not there, or memory does not suffice however it is held.
    """
    device = machine.devices[0] if choice.device == "auto" else choice.device
    if device not in machine.devices:
        raise MachineError(f"this machine has no {device} that torch can use; it has {', '.join(machine.devices)}")
    free = machine.free_bytes[device] - _SPARE
    precisions = _precisions(model, machine, choice, device)
    counts = [part.value_count for part in model.parts.values() if part.value_count] + ([extra] if extra else [])
    for precision in precisions:
        width = _BYTES[precision]
        for offload in _offloads(choice, device):
            weights = {"none": sum(counts), "parts": max(counts, default=0) + extra, "layers": max(counts, default=0) // 8}[offload]
            for tiles, slices in ((False, False), (False, True), (True, True)):
                needed = weights * width + _work_bytes(model, width, size, tiles=tiles, slices=slices)
                # What does not lie on the device lies in main memory.
                if needed <= free and (offload == "none" or sum(counts) * width <= machine.free_bytes["cpu"]):
                    return Holding(device, precision, offload, tiles, slices, needed)
    least = _BYTES[precisions[-1]]
    wanted = sum(counts) * least + _work_bytes(model, least, size, tiles=True, slices=True) + _SPARE
    raise MachineError(
        f"the model {name} needs about {wanted / 2**30:.1f} GB for pictures of {size[0]} by {size[1]} pixels, "
        f"and {max(free + _SPARE, 0) / 2**30:.1f} GB are free ({device}); end other programs, make smaller pictures, or use a "
        "smaller model"
    )


def _precisions(model: DiffusionModel, machine: Machine, choice: MachineChoice, device: str) -> tuple[str, ...]:
    """Those to try, the best first."""
    if choice.precision != "auto":
        return (choice.precision,)
    if device == "cpu":
        return ("float32", "bfloat16")
    if model.is_transformer and (machine.has_bfloat16 or device == "mps"):
        return ("bfloat16",)
    return ("float16",)


def _offloads(choice: MachineChoice, device: str) -> tuple[Offload, ...]:
    if device != "cuda":
        return ("none",)  # main memory is where it would go
    known: dict[str, tuple[Offload, ...]] = {"none": ("none",), "parts": ("parts",), "layers": ("layers",)}
    return known.get(choice.offload, ("none", "parts", "layers"))


def _work_bytes(model: DiffusionModel, width: int, size: tuple[int, int], *, tiles: bool, slices: bool) -> int:
    """What is computed takes at most this much, the step and the decoding not being at the same time."""
    vae = model.parts.get("vae")
    channels = _first_width(vae.config if vae is not None else {}, 128)
    pixels = size[0] * size[1]
    decoded = (min(pixels, _TILE * _TILE) if tiles else pixels) * channels * _WIDEST_LAYERS * width
    network = next((model.parts[name] for name in _NETWORKS if name in model.parts), None)
    inner = _first_width(network.config if network is not None else {}, 320)
    tokens = pixels // (256 if model.is_transformer else 64)
    # Twice, for guidance runs what is wanted beside what is not.
    stepped = 2 * tokens * inner * _STEP_LAYERS // (2 if slices else 1) * width
    return int(max(decoded, stepped))


def _first_width(config: Mapping[str, Any], otherwise: int) -> int:
    """How wide a network is where its pictures are largest."""
    widths = config.get("block_out_channels")
    if isinstance(widths, list) and widths and isinstance(widths[0], int):
        return widths[0]
    heads, head = config.get("num_attention_heads"), config.get("attention_head_dim")
    return heads * head if isinstance(heads, int) and isinstance(head, int) else otherwise


def _free_main_bytes() -> int:
    """Main memory that this process may still take: what the system has, what its container allows, what its limit leaves."""
    import psutil

    free = [psutil.virtual_memory().available]
    with suppress(OSError, ValueError):
        limit = Path("/sys/fs/cgroup/memory.max").read_text("ascii").strip()
        if limit != "max":
            free.append(int(limit) - int(Path("/sys/fs/cgroup/memory.current").read_text("ascii")))
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
        if soft != resource.RLIM_INFINITY:
            free.append(soft - psutil.Process().memory_info().data if sys.platform == "linux" else soft)
    return max(min(free), 0)
