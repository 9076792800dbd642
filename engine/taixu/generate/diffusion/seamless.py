"""Pictures whose edges meet: convolutions that see the other side of the picture where they would see nothing.

A UNet knows no place but by its padding, so with circular padding in it and in the autoencoder a picture made of rolled
noise is the rolled picture. Transformers know places by their embeddings: there the latents are rolled at each step, so
that what was an edge lies in the middle at the next (`Roller`), and the autoencoder alone is made circular.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from taixu.errors import TaixuError

__all__ = ["Axes", "Roller", "can_roll", "circular_padding"]

Axes = Literal["off", "x", "y", "both"]

_TILE_MARGIN = 16
_SHARE = 0.38196601125
"""Of the picture at each step: one less the golden ratio's inverse, so that edges come to lie evenly everywhere."""


@contextmanager
def circular_padding(pipeline: Any, axes: Axes) -> Iterator[None]:
    """Within it, the pipeline's convolutions are circular; after it they are as they were.

    Parameters
    ----------
    axes
        ``x``: left and right edge meet; ``y``: top and bottom.
    """
    changed: list[tuple[Any, str]] = []
    if axes == "off":
        yield
        return
    try:
        for part in (getattr(pipeline, name, None) for name in ("unet", "vae", "controlnet")):
            if hasattr(part, "modules"):
                _bend_all(part, axes, changed)
        yield
    finally:
        for module, name in changed:
            delattr(module, name)


def _bend_all(part: Any, axes: Axes, changed: list[tuple[Any, str]]) -> None:
    import torch
    from diffusers.models.downsampling import Downsample2D

    lone = set()  # convolutions whose owner pads the right and the lower edge alone, before they are called
    for module in part.modules():
        if isinstance(module, Downsample2D) and module.use_conv and module.padding == 0:
            lone.add(id(module.conv))
    for module in part.modules():
        if isinstance(module, torch.nn.Conv2d) and module.padding_mode == "zeros":
            if id(module) in lone:
                module._conv_forward = _sewn(module, axes)  # type: ignore[method-assign]
            elif not isinstance(module.padding, str) and any(module.padding):
                module._conv_forward = _circular(module, axes)  # type: ignore[method-assign]
            else:
                continue
            changed.append((module, "_conv_forward"))
    if getattr(part, "use_tiling", False):
        part.decode = _wrapped(part, axes)
        changed.append((part, "decode"))


def _circular(module: Any, axes: Axes) -> Any:
    """A convolution with padding of its own."""
    from torch.nn import functional

    high, wide = module.padding
    x, y = axes in ("x", "both"), axes in ("y", "both")

    def forward(values: Any, weight: Any, bias: Any) -> Any:
        # Where a picture is smaller than its padding, torch cannot go around it.
        around_x, around_y = x and values.shape[-1] >= wide, y and values.shape[-2] >= high
        values = functional.pad(values, (wide, wide, 0, 0), mode="circular" if around_x else "constant")
        values = functional.pad(values, (0, 0, high, high), mode="circular" if around_y else "constant")
        return functional.conv2d(values, weight, bias, module.stride, 0, module.dilation, module.groups)

    return forward


def _sewn(module: Any, axes: Axes) -> Any:
    """A convolution whose input got a column and a row of zeros at its end: they become the first ones."""
    from torch.nn import functional

    def forward(values: Any, weight: Any, bias: Any) -> Any:
        values = values.clone()
        if axes in ("x", "both"):
            values[..., -1] = values[..., 0]
        if axes in ("y", "both"):
            values[..., -1, :] = values[..., 0, :]
        return functional.conv2d(values, weight, bias, module.stride, 0, module.dilation, module.groups)

    return forward


def _wrapped(vae: Any, axes: Axes) -> Any:
    """An autoencoder that decodes tile by tile gets a margin from the other side, which is cut off after."""
    from torch.nn import functional

    plain = vae.decode

    def decode(latents: Any, *positional: Any, **named: Any) -> Any:
        high, wide = latents.shape[-2:]
        x = min(_TILE_MARGIN, wide) if axes in ("x", "both") else 0
        y = min(_TILE_MARGIN, high) if axes in ("y", "both") else 0
        made = plain(functional.pad(latents, (x, x, y, y), mode="circular"), *positional, **named)
        picture = made[0] if isinstance(made, tuple) else made.sample
        scale = picture.shape[-1] // (wide + 2 * x)
        picture = picture[..., scale * y : scale * (y + high), scale * x : scale * (x + wide)]
        if isinstance(made, tuple):
            return (picture,)
        made.sample = picture
        return made

    return decode


class Roller:
    """Rolls the latents of a transformer on at each step, and back after the last.

    Parameters
    ----------
    size
        Width and height of the picture in pixels.
    ratio
        Pixels to a latent; a token is two by two of them.
    """

    def __init__(self, axes: Axes, *, size: tuple[int, int], ratio: int) -> None:
        self._tokens = size[1] // (2 * ratio), size[0] // (2 * ratio)
        down, right = (round(edge * _SHARE) for edge in self._tokens)
        self._step = down * (axes in ("y", "both")), right * (axes in ("x", "both"))
        self._done = 0

    def roll(self, latents: Any, *, is_last: bool) -> Any:
        """The latents after a step, packed [b, tokens, c] or [b, c, h, w], as the next step shall have them.

        Raises
        ------
        TaixuError
            When they lie in another way.
        """
        import torch

        times = -self._done if is_last else 1  # after the last, all is as it was
        self._done += 1
        down, right = self._step[0] * times, self._step[1] * times
        high, wide = self._tokens
        if latents.ndim not in (3, 4) or (latents.ndim == 3 and latents.shape[1] != high * wide):
            raise TaixuError("the edges of this model's pictures cannot be made to meet; leave seamless out")
        if latents.ndim == 3:
            planes = latents.view(latents.shape[0], high, wide, -1)
            return torch.roll(planes, (down, right), (1, 2)).reshape(latents.shape)
        return torch.roll(latents, (2 * down, 2 * right), (-2, -1))


def can_roll(pipeline: Any) -> bool:
    """Whether latents may be rolled between steps: nothing of earlier steps may be kept, and no picture be blended in."""
    import inspect

    named = type(pipeline).__name__
    has_memory = hasattr(pipeline.scheduler, "model_outputs") or hasattr(pipeline.scheduler, "ets")
    tells = "callback_on_step_end" in inspect.signature(pipeline.__call__).parameters
    return tells and not has_memory and "Inpaint" not in named and "Kontext" not in named
