"""Whatever picture somebody has, as the one shape that pages show: a square WebP without anything but its pixels."""

from io import BytesIO

from PIL import Image, ImageOps

SIDE = 256
LARGEST_BYTES = 5 * 1024 * 1024
# A file of a few kilobytes may claim to be as large as a field: whoever unpacks it runs out of memory.
MOST_PIXELS = 30_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 82


class NotAPicture(Exception):
    """The bytes are no picture in one of `FORMATS`."""


class TooLarge(Exception):
    """The picture has more bytes than `LARGEST_BYTES` or more pixels than `MOST_PIXELS`."""


def square_webp(content: bytes) -> bytes:
    """The middle of a picture, `SIDE` pixels wide and high, the right way up; of an animation its first frame. What
    cameras write beside the pixels (place, time, device) is left out. Raises NotAPicture or TooLarge."""
    if len(content) > LARGEST_BYTES:
        raise TooLarge
    try:
        return _written(_square(_opened(content)))
    except (TooLarge, Image.DecompressionBombError) as error:
        raise TooLarge from error
    except Exception as error:  # a decoder that is fed with anything raises anything
        raise NotAPicture from error


def _opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content), formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise TooLarge
    # A large photograph is decoded at the size that is needed.
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    return image


def _square(image: Image.Image) -> Image.Image:
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    # A copy of a large picture takes a hundred megabytes: it is made only where it must be.
    pixels = image if image.mode == mode else image.convert(mode)
    return ImageOps.fit(pixels, (SIDE, SIDE), Image.Resampling.LANCZOS)


def _written(image: Image.Image) -> bytes:
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
