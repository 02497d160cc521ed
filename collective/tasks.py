from celery import shared_task

from collective.background import sweeps
from collective.messages import mail


@shared_task(name="collective.send_message")
def send_message(message_id: str) -> None:
    """One message, by its Message-ID; safe to run twice."""
    mail.send_by_message_id(message_id)


@shared_task(name="collective.sweep")
def sweep() -> None:
    """Every sweep whose time has come; safe to run twice or at once."""
    sweeps.run_all()
