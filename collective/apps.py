from datetime import timedelta

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Collective"

    def ready(self):
        from collective import (  # noqa: F401 they register their kinds by being read
            announcements,
            by_hand,
            email_change,
            emails,
            follows,
            mail,
            record_joins,
            restoring,
            staff,
            sweeps,
            today,
        )

        restoring.register(lambda taken_at, now: today.tell_staff()[1])
        sweeps.register("follows", follows.announce_all)
        sweeps.register("messages to many", announcements.send_due)
        sweeps.register("staff email", today.tell_staff, every=timedelta(minutes=5))
        sweeps.register("marks on Today", today.forget_old_marks, every=timedelta(hours=6))
        sweeps.register("messages", mail.send_due)
        sweeps.register("untrue tasks", by_hand.drop_untrue, every=timedelta(minutes=1))
        sweeps.register("joined records", record_joins.forget_old, every=timedelta(hours=1))
        sweeps.register("old message texts", mail.empty_old_texts, every=timedelta(hours=6))
        sweeps.register("old sweep runs", sweeps.forget_old_runs, every=timedelta(hours=6))
        sweeps.register("old sign-ins", sweeps.forget_old_sign_ins, every=timedelta(hours=1))


class CollectiveAdminConfig(AdminConfig):
    default_site = "collective.admin_site.CollectiveAdminSite"
