"""A browser and its device in plain words, from what it says of itself (RFC 9110, 10.1.5).

It is for the owner's eyes only, to tell two sessions apart: a few words are enough for that, and a
library that knows ten thousand phones is not needed.
"""

# In this order: most browsers also name those that they want to be taken for.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
]
DEVICES = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "an Android device"),
    ("CrOS", "a Chromebook"),
    ("Windows", "a Windows computer"),
    ("Macintosh", "a Mac"),
    ("Linux", "a Linux computer"),
]
UNKNOWN = "A browser that we do not know"


def in_words(user_agent: str) -> str:
    """Like "Firefox on a Windows computer"."""
    browser = _first(BROWSERS, user_agent)
    device = _first(DEVICES, user_agent)
    if browser and device:
        return f"{browser} on {device}"
    return browser or (f"A browser on {device}" if device else UNKNOWN)


def _first(names: list[tuple[str, str]], user_agent: str) -> str:
    return next((words for sign, words in names if sign in user_agent), "")
