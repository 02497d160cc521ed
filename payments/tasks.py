from celery import shared_task

from payments import payout_accounts, payouts, webhooks


@shared_task(name="payments.send")
def send(attempt_id):
    """One attempt, by its key; safe to run twice."""
    payouts.send(attempt_id)


@shared_task(name="payments.handle_event")
def handle_event(event_id):
    """One event of Stripe's; safe to run twice."""
    webhooks.handle(event_id)


@shared_task(name="payments.read_account")
def read_account(account_id):
    """Where one person's money goes, read from Stripe; safe to run twice."""
    payout_accounts.read(account_id)
