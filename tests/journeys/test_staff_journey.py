"""Staff: the second step from nothing to the admin, in a real browser; axe looks at each page on
the way.
"""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from tests.factories import CoordinatorFactory, SessionFactory
from tests.journeys.test_axe import problems

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def app_code(secret):
    """What the authenticator app shows now.

    Each code works once, so the used ones are forgotten here.
    """
    cache.clear()
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def sign_in_by_mail(page, site, outbox):
    page.goto(f"{site}/admin/")
    page.fill("[name=email]", "jo@example.org")
    page.click("main button")
    page.fill("[name=code]", re.search(r"\b\d{6}\b", outbox[-1].body).group())
    page.click("text=Continue")


def set_up_second_step(page):
    secret = page.inner_text("main strong")
    page.fill("[name=code]", app_code(secret))
    page.click("main form button")
    return secret


def test_new_coordinator_sets_up_the_second_step_and_enters(site, new_context, outbox):
    CoordinatorFactory(name="Jo", email="jo@example.org")
    page, axe, found = new_context().new_page(), Axe(), {}
    sign_in_by_mail(page, site, outbox)
    secret = set_up_second_step(page)
    for name in ("mfa_reauthenticate", "mfa_view_recovery_codes"):
        found[name] = problems(page, axe)
        if name == "mfa_reauthenticate":
            page.fill("[name=code]", app_code(secret))
            page.click("main form button")
    page.click("text=I have kept them")

    assert found == {"mfa_reauthenticate": [], "mfa_view_recovery_codes": []}
    assert page.inner_text("h1") == "Today"


def test_coordinator_is_asked_for_the_app_at_the_next_sign_in(site, new_context, outbox):
    CoordinatorFactory(name="Jo", email="jo@example.org")
    SessionFactory()
    page, axe, found = new_context().new_page(), Axe(), {}
    sign_in_by_mail(page, site, outbox)
    secret = set_up_second_step(page)
    page = new_context().new_page()
    sign_in_by_mail(page, site, outbox)
    found["mfa_authenticate"] = problems(page, axe)
    page.fill("[name=code]", app_code(secret))
    page.click("main button")
    inside = page.url
    page.goto(f"{site}/accounts/2fa/totp/deactivate/")
    page.fill("[name=code]", app_code(secret))
    page.click("main form button")
    found["mfa_deactivate_totp"] = problems(page, axe)

    assert (inside, found) == (
        f"{site}/admin/",
        {"mfa_authenticate": [], "mfa_deactivate_totp": []},
    )
