"""Small pictures of what a model is at, from its latents by one matrix.

The matrix is fitted once for each autoencoder: smooth noise is decoded at 16 by 16 latents, and the colours that come
out are explained by the latents that went in (least squares). So every architecture has previews, without constants of ours.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PreviewMaker"]

_EDGE = 16
_SAMPLES = 4
_LARGEST = 96


class PreviewMaker:
    """Makes previews for one pipeline.

    Parameters
    ----------
    pipeline
        Diffusers'.
    size
        Width and height of what it makes, in pixels; packed latents do not say it.
    """

    def __init__(self, pipeline: Any, size: tuple[int, int]) -> None:
        self._vae = getattr(pipeline, "vae", None)
        self._ratio = int(getattr(pipeline, "vae_scale_factor", 8))
        self._size = size
        self._is_hopeless = self._vae is None

    def show(self, latents: Any) -> NDArray[np.uint8] | None:
        """A picture of at most 96 pixels a side from latents, [b, c, h, w] or packed [b, tokens, 4 c]; None where there is none."""
        if self._is_hopeless:
            return None
        import torch

        # What is shown is a comfort: whatever goes wrong here must not end what is being made.
        with suppress(RuntimeError, ValueError, TypeError, AttributeError, IndexError), torch.no_grad():
            planes = self._planes(latents[:1].detach().float())
            if planes is None:
                self._is_hopeless = True
                return None
            matrix = self._matrix(int(planes.shape[0]))
            step = -(-max(planes.shape[1:]) // _LARGEST)
            planes = planes[:, ::step, ::step].cpu().numpy()
            colors = np.tensordot(matrix[:, :-1], planes, 1) + matrix[:, -1][:, None, None]
            seen = np.nan_to_num(np.moveaxis(colors, 0, -1) * 127.5 + 127.5, nan=0.0)
            return np.asarray(np.clip(seen, 0.0, 255.0).astype(np.uint8))
        self._is_hopeless = True
        return None

    def _planes(self, latents: Any) -> Any:
        """[c, h, w] of what a pipeline calls its latents."""
        if latents.ndim == 4:
            return latents[0]
        if latents.ndim == 5 and latents.shape[2] == 1:
            return latents[0, :, 0]
        if latents.ndim != 3:
            return None
        wide, high = (-(-edge // (2 * self._ratio)) for edge in self._size)
        count, channels = latents.shape[1], latents.shape[2]
        if count != wide * high or channels % 4:
            return None
        blocks = latents[0].view(high, wide, channels // 4, 2, 2)  # as Flux packs: a block of 2 by 2 is a token
        return blocks.permute(2, 0, 3, 1, 4).reshape(channels // 4, 2 * high, 2 * wide)

    def _matrix(self, channels: int) -> NDArray[np.float32]:
        """[3, channels + 1], kept with the autoencoder that it was fitted to."""
        known: NDArray[np.float32] | None = getattr(self._vae, "_taixu_preview", None)
        if known is None:
            known = _fit(self._vae, channels)
            self._vae._taixu_preview = known  # type: ignore[union-attr]
        return known


def _fit(vae: Any, channels: int) -> NDArray[np.float32]:
    import torch

    chance = torch.Generator("cpu").manual_seed(0)
    coarse = torch.randn(_SAMPLES, channels, 4, 4, generator=chance)
    latents = torch.nn.functional.interpolate(coarse, size=(_EDGE, _EDGE), mode="bicubic")
    scaled = latents / float(vae.config.get("scaling_factor") or 1.0) + float(vae.config.get("shift_factor") or 0.0)
    weight = next(vae.parameters())
    decoded = vae.decode(scaled.to(weight.device if weight.device.type != "meta" else "cuda", weight.dtype), return_dict=False)[0]
    small = torch.nn.functional.adaptive_avg_pool2d(decoded.float().cpu(), (_EDGE, _EDGE))
    known = np.moveaxis(latents.numpy(), 1, -1).reshape(-1, channels)
    known = np.concatenate([known, np.ones((len(known), 1), np.float32)], 1)
    wanted = np.moveaxis(small.numpy(), 1, -1).reshape(-1, small.shape[1])[:, :3]
    if not np.isfinite(wanted).all():
        raise ValueError("the decoder gave no numbers")
    ridge = 0.01 * len(known) * np.eye(channels + 1, dtype=np.float32)
    return np.asarray(np.linalg.solve(known.T @ known + ridge, known.T @ wanted).T, np.float32)
