"""Drawings into pictures, free of Django so that another process can do it."""

import io
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from PIL import Image

WEBP_QUALITY = 80


@dataclass(frozen=True)
class Drawn:
    """A drawing as PNG, and as WebP in each size asked for (wide, tall)."""

    png: bytes
    sizes: dict[tuple[int, int], bytes]


def draw(file: Path, width: int, sizes: list[tuple[int, int]]) -> Drawn:
    """An SVG at `width` pixels, and in each of the sizes, which keep its shape."""
    png = bytes(resvg_py.svg_to_bytes(svg_path=str(file), width=width))
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    drawn = {}
    for size in sizes:
        picture = io.BytesIO()
        cropped(whole, size).save(picture, "WEBP", quality=WEBP_QUALITY)
        drawn[size] = picture.getvalue()
    return Drawn(png, drawn)


def cropped(whole: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture in the shape of `size`, scaled to it."""
    scale = max(size[0] / whole.width, size[1] / whole.height)
    wide, tall = size[0] / scale, size[1] / scale
    left, top = (whole.width - wide) / 2, (whole.height - tall) / 2
    box = (left, top, left + wide, top + tall)
    return whole.resize(size, Image.Resampling.LANCZOS, box=box)
