"""Orca, which writes what it would say into the file $SPOKEN, a line an utterance.

The system's Python runs it, which has Orca's modules; ours has not. `/usr/bin/orca` would not do:
it ends every other Orca of this user by its name, so that two tests at once silence each other.
And it hands its words to speech-dispatcher, and waits for it, which hangs without a sound card.
"""

import os
import sys

import gi

gi.require_version("Gdk", "3.0")

from orca import orca, settings, speech  # noqa: E402 - after the version that it needs

out = open(os.environ["SPOKEN"], "a", buffering=1)  # noqa: SIM115 - open as long as it speaks


def write(text, *args, **kwargs):
    out.write(" ".join(str(text).split()) + "\n")


def say_nothing(*args, **kwargs):
    pass


speech.init = say_nothing
speech._speak = write
speech.speakKeyEvent = speech.speakCharacter = say_nothing
settings.enableBraille = settings.enableSound = False
# A page is not read to its end: the reader would go on while the next key is pressed.
settings.sayAllOnLoad = False
orca.getSettingsManager().activate()
sys.exit(orca.main())
