"""The drawn art as pictures, in every size that pages show."""

import io
from collections.abc import Iterable
from concurrent.futures import Executor, Future
from pathlib import Path

from django.core.files.images import ImageFile
from wagtail.images.models import Filter, Image, Rendition

from catalogue.pictures import SQUARE, WIDE, spec
from marketplace.demo.drawing import Drawn, draw

HERO_WIDTH, SQUARE_WIDTH = 1600, 800


def start_drawing(
    folder: Path, names: Iterable[str], drawers: Executor
) -> dict[str, Future[Drawn]]:
    """Start rendering each drawing in the executor, without waiting."""
    return {
        name: drawers.submit(
            draw,
            folder / f"{name}.svg",
            HERO_WIDTH if is_hero(name) else SQUARE_WIDTH,
            [*SQUARE, *WIDE] if is_hero(name) else SQUARE,
        )
        for name in sorted(set(names))
    }


def is_hero(name: str) -> bool:
    return name.startswith("hero-")


def save_pictures(
    drawn: dict[str, Future[Drawn]], names: Iterable[str]
) -> dict[str, Image]:
    """The pictures by name; those that are missing are saved with their renditions."""
    pictures = {image.title: image for image in Image.objects.filter(title__in=names)}
    for name, drawing in drawn.items():
        if name in pictures:
            continue
        done = drawing.result()
        image = Image(title=name, file=ImageFile(io.BytesIO(done.png), f"{name}.png"))
        image.save()
        for size, picture in done.sizes.items():
            file = f"{name}-{size[0]}x{size[1]}.webp"
            Rendition.objects.create(
                image=image,
                filter_spec=spec(size),
                width=size[0],
                height=size[1],
                focal_point_key=Filter(spec(size)).get_cache_key(image),
                file=ImageFile(io.BytesIO(picture), file),
            )
        pictures[name] = image
    return pictures


def missing_pictures(names: Iterable[str]) -> set[str]:
    """The names for which no picture is saved."""
    return set(names) - set(Image.objects.values_list("title", flat=True))
