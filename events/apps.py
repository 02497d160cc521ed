from datetime import timedelta

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Sessions"

    def ready(self):
        from collective import sweeps
        from events import emails, reminders, waiting_list  # noqa: F401 emails registers its kinds by being read

        sweeps.register("offers", waiting_list.move_all_on)
        sweeps.register("reminders", reminders.fan_out_all_due)
        sweeps.register("old drafts", waiting_list.forget_old_drafts, every=timedelta(hours=1))
        sweeps.register("private answers", waiting_list.forget_private_answers, every=timedelta(hours=1))
