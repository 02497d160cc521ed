"""What is late, refused or full in the running of the product: found, told once, and once over.

`find` looks, for the page "System status" and for `/health/ready`. The sweep `note_all` remembers,
and writes to staff. It runs in the worker or, where that is silent, in the stand-in. Where mail
itself is what fails, Today has the line; where nothing runs any more, `/health/ready` and a missing
heartbeat say so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q

from collective import clock
from collective.background import standing_in, sweeps
from collective.messages import addresses, kinds, mail, refusals
from collective.messages.letters import Letter, kind
from collective.models import Backup, Message, Person, Problem, SweepRun
from collective.models.message import MessageQuerySet
from collective.models.person import PersonQuerySet
from collective.people import sign_in_limits
from collective.seeing import disks

BECAUSE = "you are on our team and may see System status"
REFUSED_AFTER = timedelta(minutes=15)
MANY_REFUSED = 5  # people whose mail is refused while the relay takes that of others
WAITS_AFTER = timedelta(minutes=10)
OVER_AFTER = timedelta(minutes=5)  # so that what comes and goes is told once
TOLD_AFTER = timedelta(seconds=45)  # seen twice
KEEP = timedelta(days=90)


@dataclass(frozen=True)
class Sort:
    """A sort of problem: how it is found, and what staff read of it."""

    is_there: Callable[[], bool]
    what: str
    to_do: str


def find() -> list[str]:
    """The names of all problems that are there now."""
    return [name for name, sort in SORTS.items() if sort.is_there()]


def mail_is_refused() -> bool:
    """Has the relay taken no mail of ours for a quarter of an hour, or none of several people's?

    One person's full or busy mailbox (4xx) is no news about the relay.
    """
    rows = Message.objects.refused(clock.now() - REFUSED_AFTER)
    busy = Q(refused_as__startswith="recipient 4") | Q(refused_as__startswith="text 4")
    if _people(rows.exclude(busy)) >= MANY_REFUSED:
        return True
    taken_at = refusals.last_taken_at()
    rows = rows.filter(refused_at__gt=taken_at) if taken_at else rows
    return rows.exclude(busy).exists() or _people(rows) > 1


def _people(rows: MessageQuerySet) -> int:
    whom = rows.aggregate(
        people=Count("person", distinct=True),
        addresses=Count("address", distinct=True, filter=Q(person=None)),
    )
    return int(whom["people"] + whom["addresses"])


def mail_waits() -> bool:
    """Does mail wait that nobody has tried to send?"""
    due = Message.objects.due(clock.now()).filter(attempts=0)
    oldest = due.aggregate(at=Min("due_at"))["at"]
    return oldest is not None and oldest < clock.now() - WAITS_AFTER


def backup_is_old() -> bool:
    """Is there no backup of the last day, where the product has run for longer than that?"""
    since = clock.now() - Backup.OLD_AFTER
    newer = Backup.objects.taken().filter(clock.since("taken_at", since))
    return _is_kept() and _ran_before(since) and not newer.exists()


def backup_is_unproven() -> bool:
    """Has no backup been brought back as a trial for a week?"""
    since = clock.now() - Backup.PROOF_OLD_AFTER
    first = Backup.objects.taken().aggregate(at=Min("taken_at"))["at"]
    if not _is_kept() or first is None or first > since:
        return False
    return not Backup.objects.proven().filter(proved_at__gt=since).exists()


def _is_kept() -> bool:
    return not settings.DEBUG  # nobody keeps backups of a demonstration


def _ran_before(moment: datetime) -> bool:
    """Did the product run here at this moment already?"""
    return SweepRun.objects.filter(name=standing_in.HEART, started_at__lt=moment).exists()


def disk_is_full() -> bool:
    """Is little room left where we or the database write?"""
    return bool(disks.low())


def codes_are_guessed() -> bool:
    """Were wrong sign-in codes tried for many addresses?"""
    return sign_in_limits.guesses().are_many


SORTS = {
    "sweeps": Sort(
        lambda: bool(sweeps.late()),
        "Work that runs by itself is late",
        "System status names it, with the last error. Is the worker running, and beat?",
    ),
    "worker": Sort(
        standing_in.is_standing_in,
        "The worker or beat does nothing, and the stand-in does its work",
        "Nothing is lost. Look at the broker, then at the worker and at beat: start them again.",
    ),
    "mail": Sort(
        mail_is_refused,
        "Our mail is not taken",
        "Nothing is lost: each mail is tried again for three days. System status says how it is "
        "refused. Look at EMAIL_URL, at the password, and at the sender's domain (SPF, DKIM).",
    ),
    "queue": Sort(
        mail_waits,
        "Mail waits longer than it should",
        "Is the worker running? If it is, it has more to send than it can: start another one.",
    ),
    "backup": Sort(
        backup_is_old,
        "There is no backup of the last day",
        "Look at the log of the backup, and at the room on its disk.",
    ),
    "proof": Sort(
        backup_is_unproven,
        "No backup was brought back as a trial for a week",
        "Only a backup that was brought back is one. Run the trial, and read what it says.",
    ),
    "disk": Sort(
        disk_is_full,
        "The disk is nearly full",
        "System status names the folder. Make room before anything is lost.",
    ),
    "guesses": Sort(
        codes_are_guessed,
        "Sign-in codes are guessed at for many addresses",
        "Nobody gets in by that: see “Guessing at sign-in codes” on Today.",
    ),
}


def note_all() -> sweeps.Counts:
    """The sweep: remember what is there, tell staff once, and once it is over; (seen, told)."""
    now, there = clock.now(), find()
    rows = [Problem(name=name, began_at=now, seen_at=now) for name in there]
    Problem.objects.bulk_create(rows, ignore_conflicts=True)
    Problem.objects.open().filter(name__in=there).update(seen_at=now)
    began = Problem.objects.open().filter(told_at=None, began_at__lte=now - TOLD_AFTER)
    told = sum(_tell_began(row) for row in began.filter(name__in=there))
    told += sum(_end(row) for row in Problem.objects.open().filter(seen_at__lt=now - OVER_AFTER))
    return len(there), told


@transaction.atomic
def _tell_began(problem: Problem) -> int:
    told = Problem.objects.open().filter(pk=problem.pk, told_at=None).update(told_at=clock.now())
    return told and mail.tell_all(_whom_to_tell(), kinds.PROBLEM_BEGAN, problem)


@transaction.atomic
def _end(problem: Problem) -> int:
    ended = Problem.objects.open().filter(pk=problem.pk).update(ended_at=clock.now())
    if not ended or not problem.told_at:
        return 0
    return mail.tell_all(_whom_to_tell(), kinds.PROBLEM_OVER, problem)


def _whom_to_tell() -> PersonQuerySet:
    """Staff who may see System status, but for those who want no mail of the team's.

    If nobody is left, all of them.
    """
    may = Q(is_superuser=True)
    for path in ("user_permissions", "groups__permissions"):
        may |= Q(
            **{f"{path}__codename": "view_sweeprun"},
            **{f"{path}__content_type__app_label": "collective"},
        )
    mailed = Person.objects.filter(is_staff=True, is_active=True, reach_by=Person.ReachBy.EMAIL)
    staff = mailed.filter(may).distinct()
    wanting = staff.filter(wants_staff_mail=True)
    return wanting if wanting.exists() else staff


def forget_old() -> sweeps.Counts:
    """The sweep: problems that are over go after three months; returns (seen, done)."""
    done, _ = Problem.objects.filter(ended_at__lt=clock.now() - KEEP).delete()
    return done, done


@kind(kinds.PROBLEM_BEGAN, "Something in the running needs a look")
def problem_began(message: Message) -> Letter | None:
    """As long as it is there: what is late or full, and what to do."""
    problem = Problem.objects.open().filter(pk=message.about).first()
    return _letter(problem, "This needs a look: {}") if problem else None


@kind(kinds.PROBLEM_OVER, "Something in the running is over")
def problem_over(message: Message) -> Letter | None:
    problem = Problem.objects.filter(pk=message.about).first()
    return _letter(problem, "It is over: {}") if problem else None


def _letter(problem: Problem, subject: str) -> Letter | None:
    sort = SORTS.get(problem.name)
    if sort is None:  # a later version had it
        return None
    page = addresses.full_reverse("admin:status")
    context = {"problem": problem, "what": sort.what, "to_do": sort.to_do, "page": page}
    words = sort.what[0].lower() + sort.what[1:]
    return Letter(subject.format(words), "email/problem.html", context)
