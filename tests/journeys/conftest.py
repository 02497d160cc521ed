import os
import shutil

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from collective.people import roles
from tests.factories import CommunityFactory, PageFactory

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "1"  # playwright's loop runs in this thread; Django's check means others
)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.skip("Chromium was not found: apt-get install chromium")
    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server():
    """The application on a free port, static files by WhiteNoise as in production (pytest-django's
    serves its own).
    """
    thread = LiveServerThread("localhost", static_handler=lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def site(server, transactional_db):
    """The address of the running site, with the pages that every page links to."""
    roles.sync()
    CommunityFactory(hours="Monday to Friday")
    for slug in ("about", "ways-of-working", "privacy", "accessibility", "worried", "contact"):
        PageFactory(slug=slug, title=slug.replace("-", " ").capitalize())
    PageFactory(slug="support", shows_support_lines=True)
    return server


@pytest.fixture
def new_context(chromium):
    """Make a browser context; all of them are closed at the end."""
    contexts = []

    def make(**options):
        contexts.append(
            chromium.new_context(**{"viewport": {"width": 390, "height": 844}, **options})
        )
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()
