"""What "System status" says of backups."""

from datetime import timedelta

import pytest

from collective import clock
from collective.models import Backup

pytestmark = pytest.mark.django_db
TRY_ONE = "One should be tried every week"


def backup(*, hours, **more):
    return Backup.objects.create(taken_at=clock.now() - timedelta(hours=hours), **more)


def page(client):
    return " ".join(client.get("/admin/status/").content.decode().split())


@pytest.mark.parametrize(("days", "is_late"), [(7, False), (9, True)])
def test_proof_older_than_eight_days_is_complained_of(client, coordinator, days, is_late):
    backup(hours=1, proved_at=clock.now() - timedelta(days=days))

    assert ("comes back whole" in page(client), TRY_ONE in page(client)) == (True, is_late)


def test_backup_that_nobody_tried_is_complained_of(client, coordinator):
    backup(hours=1)

    assert "No backup was tried yet." in page(client) and TRY_ONE in page(client)


def test_backup_that_does_not_come_back_is_told_with_its_reason(client, coordinator):
    backup(hours=1, proof_error="pg_restore was killed (signal 9).")

    assert "does not come back:</strong> pg_restore was killed" in page(client)


def test_newer_backup_that_comes_back_ends_the_complaint(client, coordinator):
    backup(hours=25, proof_error="It was damaged.")
    backup(hours=1, proved_at=clock.now())

    assert "does not come back" not in page(client)
