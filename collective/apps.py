from django.apps import AppConfig
from django.core import checks

from collective.safety import senders


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Collective"

    def ready(self) -> None:
        checks.register(senders.check_sender)
