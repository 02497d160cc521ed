"""Can words be read in this colour? The contrast ratio of WCAG 2.2, on all that we print on.

Twelve lines of our own: the packages for it are unmaintained, or whole colour systems.
"""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

LEAST = 7.0  # WCAG 2.2, 1.4.6 (AAA), as everywhere on our pages
# paper, surface and bands, as in static/css/tokens.css
LIGHT = ("#faf6f0", "#ffffff", "#e4eee9", "#efe8f3", "#fbebd3")
DARK = ("#1a1720", "#25212d", "#1f302e", "#312839", "#3a2c1b")
ON_LIGHT, ON_DARK = "#ffffff", "#10231f"  # what is written on a button


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _check(colour: str, grounds: Iterable[str], advice: str) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError("Write the colour as # and six letters or digits, like #0b524d.")
    worst = min(ratio(colour, ground) for ground in grounds)
    if worst < LEAST:
        raise ValidationError(
            f"This is hard to read: its contrast is {worst:.1f}, and {LEAST:g} is needed. {advice}"
        )


def check_on_light(colour: str) -> None:
    """Raises ValidationError for a colour that cannot be read on our light pages and buttons."""
    _check(colour, (*LIGHT, ON_LIGHT), "Choose a darker one.")


def check_on_dark(colour: str) -> None:
    """Raises ValidationError for a colour that cannot be read on our dark pages and buttons."""
    _check(colour, (*DARK, ON_DARK), "Choose a lighter one.")
