"""The files of a working copy, made as its next draft would have them, and thrown away."""

import json
import logging
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded

from collective import clock
from collective.background import bounded
from policy_drafts.drafts import contents, exports
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Audience, Draft, FilesTrial, Policy

A_CHECK_SUM = "0" * 64
NEWS = (
    "What is new is not known yet. " * 60
)  # about as much as there may be; its form asks its signs
log = logging.getLogger(__name__)


def run(trial: FilesTrial) -> bytes:
    """JSON of the kinds of file that cannot be made from the working copy as it is now.

    Raises SoftTimeLimitExceeded where the time of the worker's task is over.
    """
    failed = [kind for kind in exports.MAKERS if not _can_be_made(kind, trial.policy)]
    return json.dumps(failed).encode()


def of_working_copy(policy: Policy) -> Edition:
    """What would go into the files of the next draft, which is not written yet."""
    last = policy.drafts.first()
    draft = Draft(
        policy=policy,
        number=(last.number if last else 0) + 1,
        policy_title=policy.title,
        news=NEWS,
        published_at=clock.now(),
        sha256=A_CHECK_SUM,
    )
    sections = contents.of_working_copy(policy).sections
    return Edition.of(draft, Audience.PUBLIC, [section for section, _ in sections])


def _can_be_made(kind: exports.Kind, policy: Policy) -> bool:
    try:
        exports.make(kind, partial(of_working_copy, policy))
    except bounded.TooMuch:
        log.warning("A %s of a working copy was stopped by its limits", kind)
        return False
    except SoftTimeLimitExceeded:
        raise  # the task may have done other things before
    except Exception:  # what a library cannot write is told, whatever it is
        log.exception("A %s could not be made of a working copy", kind)
        return False
    return True
