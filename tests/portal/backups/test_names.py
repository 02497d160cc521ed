from datetime import UTC, datetime

import pytest
from django.core.management.base import CommandError

from portal.backups import names, opening, targets
from portal.backups.problems import RefusedError, told

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def files(*stamps, endings=(".dump", ".media.tar.gz", ".json")):
    return [f"collective-{stamp}{ending}" for stamp in stamps for ending in endings]


def removed(found):
    return [one.stamp for one in names.too_old(names.sets(found), NOW, 30)]


def test_sets_past_their_days_go():
    assert removed(files("20261128T000000Z", "20261029T000000Z", "20261028T000000Z")) == [
        "20261028T000000Z"
    ]


def test_last_good_set_stays_however_old_it_is():
    torn = files("20261127T000000Z", endings=[".dump"])

    assert removed([*files("20260101T000000Z", "20260102T000000Z"), *torn]) == ["20260101T000000Z"]


def test_files_of_others_are_nobodys_business():
    assert removed(["collective-notes.txt", "collective-20200101T000000Z.dump.part"]) == []


def test_dump_of_a_version_without_manifests_counts_while_there_is_no_better():
    assert removed(files("20200101T000000Z", endings=[".dump"])) == []


@pytest.mark.parametrize("name", ["x.dump", "/a/collective-1.dump", "collective-2026.json", ""])
def test_other_names_are_refused_with_a_sentence(name):
    with pytest.raises(RefusedError, match="is not named as"):
        opening.split(name)


@pytest.mark.parametrize("days", [0, 31])
def test_backups_are_never_kept_longer_than_people_are_told(days, settings):
    settings.BACKUP_DAYS = 30

    with pytest.raises(RefusedError, match="--keep must be from 1 to 30"):
        targets.keep_days(days)


def test_refusal_ends_with_two_and_a_failure_with_one():
    codes = []
    for error in (RefusedError("No."), OSError(28, "No space left on device", "/backups")):
        with pytest.raises(CommandError) as caught, told("No backup was taken"):
            raise error
        codes.append((str(caught.value)[:16], caught.value.returncode))

    assert codes == [("No.", 2), ("The disk is full", 1)]
