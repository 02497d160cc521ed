from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collective.safety import encryption, key_proof, rotation
from collective.safety.encryption import Place

PASSES = 3  # somebody may have saved beside us with the older key


class Command(BaseCommand):
    help = (
        "Encrypt everything that is encrypted anew with the first of FIELD_KEYS; once this says "
        "done, the older keys can go. Also makes phone numbers found again after SECRET_KEY has "
        "changed. Safe to run twice, at once, and beside the running site."
    )

    def handle(self, **options: Any) -> None:
        places = [place for place in encryption.places() if place != key_proof.PROOF]
        for _ in range(PASSES):
            changed = sum([self.rotate(place) for place in places])
            left = {place: number for place in places if (number := rotation.left(place))}
            if not left or not changed:
                break
        rotation.hash_phone_numbers()
        key_proof.note_secret()
        if left:
            raise CommandError(self.not_done(left))
        self.rotate(
            key_proof.PROOF
        )  # the last: a key taken away before this is missed at the start
        if rotation.left(key_proof.PROOF):
            raise CommandError(self.not_done({key_proof.PROOF: rotation.left(key_proof.PROOF)}))
        self.stdout.write(f"Done: 0 rows bear another key than {encryption.newest()}.")

    def rotate(self, place: Place) -> int:
        """Say how many rows were encrypted anew, which is returned, and which nobody can read."""
        found = rotation.rotate(place)
        if found.changed:
            self.stdout.write(f"{place}: {found.changed} encrypted anew")
        for pk in found.unreadable:
            self.stderr.write(f"{place}: none of FIELD_KEYS opens the row {pk}")
        return found.changed

    def not_done(self, left: dict[Place, int]) -> str:
        places = ", ".join(f"{place} ({number})" for place, number in left.items())
        return (
            f"Not done: {sum(left.values())} rows bear another key than {encryption.newest()}: "
            f"{places}. Keep the older keys. Start web, worker and beat again, so that they know "
            "the newest key, and run this once more."
        )
