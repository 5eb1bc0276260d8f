"""The sizes in which pages show pictures; they are rendered when one is saved."""

from wagtail.images.models import Image

SQUARE = [(200, 200), (400, 400), (800, 800)]
WIDE = [(800, 350), (1600, 700)]

WIDE_FROM = 1.6
"""Width over height from which a picture may stand across a page."""


def is_wide(image: Image) -> bool:
    return image.width >= WIDE_FROM * image.height


def list_sizes(image: Image) -> list[tuple[int, int]]:
    """The sizes of a picture that pages use, as (width, height)."""
    return [*SQUARE, *WIDE] if is_wide(image) else SQUARE


def spec(size: tuple[int, int]) -> str:
    """The size as Wagtail's filter specification."""
    return f"fill-{size[0]}x{size[1]}|format-webp"


def draw_sizes(image: Image) -> None:
    """Draw every size that pages use, so that no visitor waits for one."""
    image.get_renditions(*map(spec, list_sizes(image)))
