"""A sign of life to somebody outside, who raises the alarm when it does not come."""

import logging

import requests
from django.conf import settings

from collective.background import sweeps
from collective.seeing import faults, problems

logger = logging.getLogger(__name__)
TIMEOUT = 5  # seconds


def send() -> sweeps.Counts:
    """The sweep: ask for HEARTBEAT_URL while work is in time and mail is taken; (seen, done).

    So whatever stops it is noticed outside: a dead worker, a full disk, a server without power.
    """
    if not settings.HEARTBEAT_URL:
        return 0, 0
    if sweeps.late() or problems.mail_is_refused():
        return 1, 0
    try:
        requests.get(settings.HEARTBEAT_URL, timeout=TIMEOUT).raise_for_status()
    except requests.RequestException as error:
        logger.warning("The heartbeat did not go out (%s)", faults.summary(error))
        return 1, 0
    return 1, 1
