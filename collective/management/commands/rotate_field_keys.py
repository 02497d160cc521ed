from django.apps import apps
from django.core.management.base import BaseCommand

from collective.models import Person
from collective.people import phones
from collective.safety.encryption import EncryptedJSONField


class Command(BaseCommand):
    help = (
        "Encrypt every encrypted field anew with the first of FIELD_KEYS; afterwards the older "
        "keys can go. Also makes "
        "phone numbers found again after SECRET_KEY has changed."
    )

    def handle(self, **options) -> None:
        for model in apps.get_models():
            names = [
                field.name
                for field in model._meta.local_fields
                if isinstance(field, EncryptedJSONField)
            ]
            for name in names:
                rows = model._default_manager.exclude(**{name: None})
                for row in rows.only("pk", name).iterator(chunk_size=200):
                    model._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name)})
            if names:
                self.stdout.write(f"{model._meta.label}: {', '.join(names)}")
        for person in (
            Person.objects.exclude(phone=None).only("pk", "phone").iterator(chunk_size=200)
        ):
            Person.objects.filter(pk=person.pk).update(phone_hash=phones.keyed_hash(person.phone))
