"""Pictures as people have them, made on the spot."""

from io import BytesIO
from typing import Any

from PIL import Image


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: str = "#336699", **more: Any
) -> bytes:
    """A picture of one colour, as a file of that kind."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """A picture, read whole."""
    image = Image.open(BytesIO(content))
    image.load()
    return image
