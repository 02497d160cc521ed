"""Somebody who would send from a free mailbox is warned before their mail goes nowhere."""

import pytest

from collective.safety import senders


def test_sender_at_a_free_mail_provider_is_warned_of():
    (said,) = senders.warnings("Our group <Hello@GMail.com>", "mail.example.org")

    assert "only gmail.com may send for it" in said


def test_sender_who_uses_the_providers_own_server_is_told_that_it_is_for_a_few():
    (said,) = senders.warnings("hello@gmail.com", "smtp.gmail.com")

    assert "a few mails a day" in said


@pytest.mark.parametrize("address", ["hello@example.org", "Us <hello@gmail.com.example.org>"])
def test_sender_at_a_domain_of_ones_own_is_not_warned_of(address):
    assert senders.warnings(address, "smtp.gmail.com") == []


def test_check_of_the_settings_says_so(settings):
    settings.DEFAULT_FROM_EMAIL = "hello@gmail.com"

    (warning,) = senders.check_sender(None)

    assert warning.id == "collective.W001"
