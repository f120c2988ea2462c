"""A link's own colour, made readable: WCAG contrast, and what a scheme derives from a colour such as `#1a56db`."""

from collections.abc import Iterator
from dataclasses import dataclass

Rgb = tuple[int, int, int]

# The least contrast of a text of usual size (WCAG 2.2, 1.4.3).
READABLE = 4.5
WHITE, BLACK = "#ffffff", "#000000"
# The brand by day of those who choose no colour of their own.
OURS = "#3552d8"
STEPS = 20


@dataclass(frozen=True, slots=True)
class Scheme:
    """What texts stand on in `tokens.css`, by day or by night; `ink` is the side that texts turn to for contrast, and
    `tint` how many hundredths of the colour its soft background takes."""

    key: str
    surface: str
    page: str
    ink: str
    tint: int


SCHEMES = (
    Scheme("light", surface=WHITE, page="#f3f4fa", ink=BLACK, tint=8),
    Scheme("dark", surface="#191c2a", page="#0f111b", ink=WHITE, tint=16),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one scheme: `fill` with `on_fill` on it (buttons), and `text` for links, readable on the surface,
    the page and the `soft` background, with `on_text` where it is a background itself. `exact` says whether
    the colour could be taken for texts as it is."""

    scheme: str
    fill: str
    on_fill: str
    hover: str
    text: str
    on_text: str
    soft: str
    surface: str
    page: str
    exact: bool

    @property
    def button_contrast(self) -> float:
        """How far the words on a button stand out from it."""
        return contrast(self.on_fill, self.fill)

    @property
    def text_contrast(self) -> float:
        """The same for links, wherever they stand."""
        return min(contrast(self.text, under) for under in (self.surface, self.page, self.soft))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG, from 1 to 21."""
    low, high = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


def theme_of(colour: str, scheme: Scheme) -> Theme:
    """What a scheme derives from `#rrggbb`. Every pair in it is readable, whatever the colour."""
    fill = colour.lower()
    on_fill = _on(fill)
    soft = mixed(scheme.surface, fill, scheme.tint)
    text = next(one for one in _towards(fill, scheme.ink) if _stands_on(one, scheme, soft))
    # Under the pointer a button moves away from what is written on it.
    hover = mixed(fill, BLACK if on_fill == WHITE else WHITE, 15)
    return Theme(
        scheme=scheme.key, fill=fill, on_fill=on_fill, hover=hover, text=text, on_text=_on(text), soft=soft,
        surface=scheme.surface, page=scheme.page, exact=text == fill,
    )  # fmt: skip


def themes_of(colour: str) -> tuple[Theme, ...]:
    """The same for every scheme, light first."""
    return tuple(theme_of(colour, scheme) for scheme in SCHEMES)


def style_of(colour: str) -> str:
    """The rule that puts a colour in the place of ours: custom properties of both schemes."""
    light, dark = themes_of(colour)
    pairs = {
        "--brand": (light.text, dark.text),
        "--on-brand": (light.on_text, dark.on_text),
        "--soft": (light.soft, dark.soft),
    }
    rules = [f"{name}:light-dark({day},{night})" for name, (day, night) in pairs.items()]
    rules += [f"--fill:{light.fill}", f"--on-fill:{light.on_fill}", f"--fill-hover:{light.hover}"]
    return f":root{{{';'.join(rules)}}}"


def mixed(one: str, other: str, hundredths: int) -> str:
    """The first colour with so many hundredths of the second."""
    parts = (
        (a * (100 - hundredths) + b * hundredths + 50) // 100
        for a, b in zip(_rgb(one), _rgb(other), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)


def _on(background: str) -> str:
    """White or black, whichever contrasts more: always at least 4.58, as their contrasts multiply to 21."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, background))


def _towards(colour: str, ink: str) -> Iterator[str]:
    return (mixed(colour, ink, step * 100 // STEPS) for step in range(STEPS + 1))


def _stands_on(text: str, scheme: Scheme, soft: str) -> bool:
    return all(contrast(text, under) >= READABLE for under in (scheme.surface, scheme.page, soft))


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
