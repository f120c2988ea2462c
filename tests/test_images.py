"""Any picture becomes a small square of bare pixels; anything else is refused, whatever it claims to be."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.images import opened, picture
from website.images import LARGEST_BYTES, MOST_PIXELS, SIDE, NotAPicture, TooLarge, square_webp

RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(*, orientation: int = 1, **more: object) -> bytes:
    """A picture that is red on its left and blue on its right, before the camera's note says how it is held."""
    image = Image.new("RGB", (400, 400), RED)
    image.paste(BLUE, (200, 0, 400, 400))
    note = Image.Exif()
    note[0x0112] = orientation
    note[0x010F] = "A camera that tells"
    out = BytesIO()
    image.save(out, "JPEG", exif=note, quality=95, **more)
    return out.getvalue()


def near(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 40 for a, b in zip(pixel, wanted, strict=False))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(300, 200), (40, 900), (1, 1)])
def test_it_becomes_a_square_webp(kind: str, size: tuple[int, int]) -> None:
    made = opened(square_webp(picture(kind, size)))
    assert (made.format, made.size) == ("WEBP", (SIDE, SIDE))
    assert near(made.convert("RGB").getpixel((128, 128)), (0x33, 0x66, 0x99))


def test_it_is_small() -> None:
    noise = Image.effect_noise((2000, 2000), 80).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG")
    assert len(square_webp(out.getvalue())) < 64_000


def test_it_stands_the_right_way_up() -> None:
    made = opened(square_webp(halves(orientation=6))).convert("RGB")
    assert near(made.getpixel((128, 30)), RED)
    assert near(made.getpixel((128, 220)), BLUE)


def test_what_the_camera_wrote_beside_the_pixels_is_gone() -> None:
    sent = halves(icc_profile=b"profile" * 20, comment=b"made at home")
    assert b"A camera that tells" in sent
    made = square_webp(sent)
    assert not any(
        trace in made for trace in (b"camera", b"profile", b"made at home", b"EXIF", b"ICCP", b"XMP ")
    )


def test_the_first_frame_stands_for_an_animation() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, BLUE)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    made = opened(square_webp(out.getvalue()))
    assert getattr(made, "n_frames", 1) == 1
    assert near(made.convert("RGB").getpixel((10, 10)), RED)


def test_what_one_sees_through_stays_so() -> None:
    out = BytesIO()
    Image.new("RGBA", (80, 80), (255, 0, 0, 0)).save(out, "PNG")
    made = opened(square_webp(out.getvalue()))
    assert made.mode == "RGBA"
    assert made.getpixel((128, 128))[3] == 0  # type: ignore[index]


def bomb(side: int) -> bytes:
    """A PNG of a few bytes whose head says that it is `side` pixels wide and high."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [int(MOST_PIXELS**0.5) + 1, 30_000, 2_000_000])
def test_a_decompression_bomb_is_not_unpacked(side: int) -> None:
    with pytest.raises(TooLarge):
        square_webp(bomb(side))


def test_more_than_five_megabytes_are_not_looked_at() -> None:
    with pytest.raises(TooLarge):
        square_webp(picture() + b"\0" * LARGEST_BYTES)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"GIF89a", picture("BMP"),
        picture("TIFF"), picture("PNG")[:60], picture("JPEG")[:200], picture("WEBP")[:40],
    ],
    ids=["nothing", "text", "svg", "pdf", "head", "bmp", "tiff", "png cut", "jpeg cut", "webp cut"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        square_webp(content)


@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.integers(0, 400), st.binary(min_size=1, max_size=8)
)
def test_a_damaged_file_is_a_picture_or_refused_and_nothing_else(kind: str, at: int, damage: bytes) -> None:
    sent = bytearray(picture(kind, (32, 32)))
    sent[at : at + len(damage)] = damage
    with suppress(NotAPicture, TooLarge):
        assert opened(square_webp(bytes(sent))).size == (SIDE, SIDE)
