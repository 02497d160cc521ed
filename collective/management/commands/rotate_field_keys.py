from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Model

from collective.models import Person
from collective.people import phones
from collective.safety.encryption import EncryptedJSONField

A_BATCH = 200


class Command(BaseCommand):
    help = (
        "Encrypt every encrypted field anew with the first of FIELD_KEYS; afterwards the older "
        "keys can go. Also makes phone numbers found again after SECRET_KEY has changed."
    )

    def handle(self, **options: Any) -> None:
        for model in apps.get_models():
            fields = model._meta.local_fields
            names = [field.name for field in fields if isinstance(field, EncryptedJSONField)]
            for name in names:
                encrypt_anew(model, name)
            if names:
                self.stdout.write(f"{model._meta.label}: {', '.join(names)}")
        hash_phone_numbers()


def encrypt_anew(model: type[Model], name: str) -> None:
    """Read and write this field of every row, which encrypts it with the newest key."""
    rows = model._default_manager.exclude(**{name: None}).only("pk", name)
    for row in rows.iterator(chunk_size=A_BATCH):
        model._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name)})


def hash_phone_numbers() -> None:
    """Make the keyed hashes by which numbers are found, with the secret of now."""
    people = Person.objects.exclude(phone=None).only("pk", "phone")
    for person in people.iterator(chunk_size=A_BATCH):
        Person.objects.filter(pk=person.pk).update(phone_hash=phones.keyed_hash(person.phone))
