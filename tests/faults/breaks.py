"""The product with faults in it, whose texts hold what somebody typed.

Web servers and workers of the tests about log lines and reports load it. Which fault it is says the
first part of the address that is typed at the sign-in page; of messages, the person's name.
"""

import logging
import os
import smtplib

from django.core.wsgi import get_wsgi_application

from collective.celery import app

__all__ = ["app", "application"]
application = get_wsgi_application()

from django.db import connection  # noqa: E402 the apps must be ready first

from collective.messages import mail  # noqa: E402 as above
from collective.models import Message, Person  # noqa: E402 as above
from collective.views import sign_in  # noqa: E402 as above

logger = logging.getLogger("collective.breaks")
ask = sign_in._ask
send = mail.send_by_message_id


def broken(request, email, proof=None):
    """Fail as the address says, with the address in the fault's text and in variables."""
    typed, kind = request.POST["email"], email.partition(".")[0]
    if kind == "value":
        raise ValueError(f"cannot use {typed}")
    if kind == "key":
        return {}[typed]
    if kind == "cause":
        try:
            raise KeyError(typed)
        except KeyError as error:
            raise RuntimeError(f"because of {typed}") from error
    if kind == "data":
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [typed])
    if kind == "integrity":
        Person.objects.create_user(email)
        Person.objects.bulk_create([Person(email=email)])
    if kind == "logged":
        try:
            raise smtplib.SMTPRecipientsRefused({typed: (550, typed.encode())})
        except smtplib.SMTPException as error:
            logger.exception("Could not write to them: %s", error)
            logger.error(f"Again: {error!r}")
    return ask(request, email, proof)


def broken_sending(message_id):
    """Fail for one message, with the address in the text."""
    message = Message.objects.select_related("person").get(message_id=message_id)
    if message.person and message.person.name.startswith("Broken"):
        raise ValueError(f"{message.person.name} <{message.person.email}>")
    return send(message_id)


sign_in._ask = broken
mail.send_by_message_id = broken_sending

if os.environ.get("PLAIN_LINES"):  # a negative control: as Python writes them by itself
    from collective.seeing import lines

    lines.Text.format = logging.Formatter.format
    lines.words = logging.LogRecord.getMessage

if os.environ.get("PLAIN_REPORTS"):  # a negative control: what the library makes by itself
    import sentry_sdk

    sentry_sdk.get_client().options["before_send"] = lambda event, hint: event
