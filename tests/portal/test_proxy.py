"""Behind a proxy whose word is not believed, a page tells whoever runs this what to set."""

import pytest
from django.test import override_settings

from collective.settings import MIDDLEWARE
from tests.collective.test_start import start_with

ASK = """
import django; django.setup()
from django.conf import settings
print(settings.TRUSTED_PROXIES, settings.SECURE_PROXY_SSL_HEADER is not None)
print("portal.middleware.say_that_no_proxy_is_trusted" in settings.MIDDLEWARE)
"""
NOT_TRUSTED = override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_PROXY_SSL_HEADER=None,
    MIDDLEWARE=["portal.middleware.say_that_no_proxy_is_trusted", *MIDDLEWARE],
)
pytestmark = pytest.mark.django_db


def settings_with(**env):
    env = {"DJANGO_SETTINGS_MODULE": "collective.settings", **env}
    return start_with("-c", ASK, **env).stdout.split()


@pytest.mark.parametrize(
    ("site", "proxies", "found"),
    [
        ("https://example.org", "", ["1", "True", "False"]),
        ("https://example.org", "2", ["2", "True", "False"]),
        ("https://example.org", "0", ["0", "False", "True"]),
        ("http://localhost:8000", "", ["0", "False", "False"]),
    ],
)
def test_https_means_one_proxy_unless_said_otherwise(site, proxies, found):
    assert settings_with(SITE_URL=site, TRUSTED_PROXIES=proxies) == found


@NOT_TRUSTED
@pytest.mark.parametrize("said", ["http", "https"])
def test_page_says_what_to_set_instead_of_leading_to_itself(client, said):
    page = client.get("/", headers={"X-Forwarded-Proto": said})

    assert page.status_code == 503
    assert "Set TRUSTED_PROXIES=1" in page.content.decode()


@NOT_TRUSTED
def test_without_a_proxy_visitors_are_led_to_https(client):
    assert client.get("/").headers["Location"] == "https://testserver/"


@NOT_TRUSTED
def test_question_for_health_is_answered_as_ever(client):
    assert client.get("/health/live", headers={"X-Forwarded-Proto": "http"}).status_code == 200
