"""Small inputs, each with its right outcome; every word in them is invented."""

import json
from pathlib import Path

PEOPLE = json.loads((Path(__file__).parent / "people.json").read_text())
