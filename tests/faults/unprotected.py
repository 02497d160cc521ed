"""Negative controls: the product with one protection (PROTECTION_OFF) taken off.

Workers and web servers of the fault tests load it.
"""

import os

from django.conf import settings

from collective.celery import app

__all__ = ["app", "application"]
OFF = os.environ.get("PROTECTION_OFF", "")

if patience := os.environ.get("MAIL_PATIENCE"):  # seconds for a mail server's answer
    settings.EMAIL_TIMEOUT = int(patience)

if OFF:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

if OFF == "claim":
    from collective.messages import mail
    from collective.models import Message

    with_lease = mail._claim

    def sent_before_it_is(messages):
        """Mark as sent first and send afterwards, as if nobody ever died in between."""
        message = with_lease(messages)
        if message:
            Message.objects.filter(pk=message.pk).update(state=Message.State.SENT)
        return message

    mail._claim = sent_before_it_is
    mail._still_mine = lambda message: True  # it would see that the row is not being sent any more

if OFF == "doorbell":
    from collective.background import doorbell

    doorbell.ring = lambda task, *arguments: app.send_task(task, args=arguments)

if OFF == "fence":
    from collective.messages import mail

    mail._still_mine = lambda message: True

if OFF == "away":
    from portal.views import away

    away.is_away = lambda error: False
