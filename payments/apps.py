from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Payments"

    def ready(self):
        from collective import record_joins as joins
        from collective import restoring, sweeps
        from payments import (
            arrivals,
            choices,
            emails,  # noqa: F401 emails registers itself
            payout_accounts,
            payouts,
            reconciliation,
            record_joins,
            webhooks,
        )

        joins.register(
            "payments",
            preview=record_joins.preview,
            join=record_joins.join,
            is_clear=record_joins.is_clear,
            undo=record_joins.undo,
        )
        restoring.register(reconciliation.pause_after_restore)
        sweeps.register("payments to begin", payouts.begin_all)
        sweeps.register("payments to send", payouts.send_all)
        sweeps.register("Stripe's events", webhooks.handle_all)
        sweeps.register("bank accounts", payout_accounts.read_all, every=timedelta(minutes=1))
        sweeps.register(
            "payments under way", reconciliation.look_under_way, every=reconciliation.OFTEN
        )
        sweeps.register("payments of 40 days", reconciliation.look_back, every=reconciliation.OFTEN)
        sweeps.register("payment reminders", choices.remind_all, every=timedelta(minutes=5))
        sweeps.register("payments arrived", arrivals.take_for_arrived, every=timedelta(hours=1))
        sweeps.register("old events of Stripe's", webhooks.forget_old, every=timedelta(hours=6))
