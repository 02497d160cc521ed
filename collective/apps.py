from datetime import timedelta

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CollectiveConfig(AppConfig):
    name = "collective"
    verbose_name = "Collective"

    def ready(self):
        from collective import emails, follows, mail, sweeps  # noqa: F401 emails registers its kinds by being read

        sweeps.register("follows", follows.announce_all)
        sweeps.register("messages", mail.send_due)
        sweeps.register("old message texts", mail.empty_old_texts, every=timedelta(hours=6))
        sweeps.register("old sweep runs", sweeps.forget_old_runs, every=timedelta(hours=6))
        sweeps.register("old sign-ins", sweeps.forget_old_sign_ins, every=timedelta(hours=1))


class CollectiveAdminConfig(AdminConfig):
    default_site = "collective.admin_site.CollectiveAdminSite"
