from datetime import timedelta

from django.apps import AppConfig


class PolicyDraftsConfig(AppConfig):
    name = "policy_drafts"
    verbose_name = "Policies and drafts"

    def ready(self):
        from collective import record_joins as joins
        from collective import sweeps
        from policy_drafts import emails, files, importing, record_joins, writing  # noqa: F401 emails register themselves

        joins.register(
            "policies",
            preview=record_joins.preview,
            join=record_joins.join,
            is_clear=record_joins.is_clear,
            undo=record_joins.undo,
        )
        sweeps.register("files of drafts", files.make_due)
        sweeps.register("texts brought in", importing.forget_old, every=timedelta(hours=6))
        sweeps.register("unsaved texts", writing.forget_old_unsaved, every=timedelta(hours=6))
