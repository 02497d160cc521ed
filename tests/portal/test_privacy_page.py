"""The first version of the privacy page says what is so: its periods are those of the rules."""

import re

import pytest
from django.conf import settings

from collective.background.sweeps import KEEP_SIGN_INS
from collective.messages.mail import KEEP_TEXTS
from collective.pages import privacy
from collective.people import address_changes, contact_changes
from events.conversations.confidential import KEEP_WISHES
from events.models import ConversationSeries
from events.sessions.retention import KEEP_PRIVATE_ANSWERS
from events.typed import KEEP_DRAFTS
from policy_drafts.text import reading_ease

PAGE = privacy.first_version()


@pytest.mark.parametrize(
    ("what", "days"),
    [
        ("who came along", KEEP_PRIVATE_ANSWERS.days),
        (
            "your topics for a conversation",
            ConversationSeries._meta.get_field("forget_after_days").default,
        ),
        ("times that you wished for", KEEP_WISHES.days),
        ("typed into a form and did not send", KEEP_DRAFTS.days),
        ("text of our messages", KEEP_TEXTS.days),
        ("Codes to sign in", KEEP_SIGN_INS.days),
        ("Where you are signed in", settings.SESSION_COOKIE_AGE // 86400),
        ("email address changed", address_changes.KEEP.days),
        ("our team changed how we reach you", contact_changes.KEEP.days),
    ],
)
def test_each_period_is_the_one_that_a_sweep_keeps(what, days):
    (line,) = [line for line in re.findall(r"<li>(.*?)</li>", PAGE) if what in line]

    assert re.search(rf": {days} days?\b", line)


def test_backups_are_said_to_go_when_they_go(settings):
    settings.BACKUP_DAYS = 12

    assert "Backups: 12 days" in privacy.first_version()


def test_it_is_written_in_plain_words():
    words = re.sub(r"<[^>]+>", " ", PAGE.replace("</li>", ". ").replace("</h2>", ". "))

    assert reading_ease.ease(words).startswith(("Very easy", "Easy"))
