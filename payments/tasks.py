from celery import shared_task

from payments.sending import payouts, webhooks


@shared_task(name="payments.send")
def send(attempt_id: str) -> None:
    """One attempt, by its key; safe to run twice."""
    payouts.send(attempt_id)


@shared_task(name="payments.handle_event")
def handle_event(event_id: str) -> None:
    """One event of Stripe's; safe to run twice."""
    webhooks.handle(event_id)
