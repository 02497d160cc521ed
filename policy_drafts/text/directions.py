"""Which way a text is read: Arabic, Hebrew and others from right to left."""

import unicodedata

RIGHT_TO_LEFT = ("R", "AL")  # Unicode, Bidi_Class


def is_right_to_left(text: str) -> bool:
    """Does the first letter that has a direction go from right to left? (Unicode, UAX 9, P2)"""
    for sign in text:
        if (direction := unicodedata.bidirectional(sign)) in ("L", *RIGHT_TO_LEFT):
            return direction in RIGHT_TO_LEFT
    return False
