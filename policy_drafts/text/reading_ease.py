"""How easy a text is to read: Flesch's reading ease (textstat), in words that a writer can use.

textstat asks nltk for CMU's dictionary of English and would download it; a server of ours reaches
nobody. `words/` holds the shape of that dictionary with one word in it, so that syllables are
counted by hyphenation (pyphen).
"""

from pathlib import Path

import nltk
import textstat

nltk.data.path.insert(0, str(Path(__file__).parent / "words"))
LEAST_WORDS = 30
# Flesch's reading ease from which a text is called so; 60 and more is plain English (Flesch, 1948)
BANDS = [(80, "Very easy"), (65, "Easy"), (50, "Fairly hard"), (0, "Hard")]


def count(text: str) -> int:
    """How many words the text has."""
    return len(text.split())


def ease(text: str) -> str:
    """How easy the text is, in words: "Easy (72)"; "" where it is too short to say."""
    if count(text) < LEAST_WORDS:
        return ""
    score = max(0, round(textstat.flesch_reading_ease(text)))
    return next(f"{words} ({score})" for least, words in BANDS if score >= least)
