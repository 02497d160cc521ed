"""The fault script: what goes wrong with the next requests, or with a share of all of them."""

import random
import threading

# before: nothing was done; after: it was done, and nobody hears of it.
KINDS = [
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "429",
    "500_before",
    "500_after",
    "409",
    "malformed_after",
]


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.script, self.share, self.kinds, self.random = [], 0.0, KINDS, random.Random(7)
        self.met, self.asked = [], 0

    def next(self, path):
        """The fault for this request, or ""."""
        if not path.endswith("/outbound_payments"):
            return ""
        with self.lock:
            self.asked += 1
            if self.script:
                found = self.script.pop(0)
            else:
                found = self.random.choice(self.kinds) if self.random.random() < self.share else ""
            if found:
                self.met.append(found)
            return found
