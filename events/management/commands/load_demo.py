from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from collective import clock
from collective.models import (
    Activity,
    Call,
    CallPicture,
    Community,
    FollowUp,
    Message,
    Page,
    Person,
    SupportLine,
)
from collective.pages import accessibility
from events.conversations import booking
from events.conversations.times import opening
from events.demo import dates, words
from events.models import ConversationSeries, Registration, Session
from events.sessions import places
from payments.models import ExpenseLimit

FOLDER = Path(__file__).resolve().parents[2] / "demo"
# Public, so worth nothing: this command refuses to run without DEBUG.
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STAFF = [
    ("Jo", "jo@example.org", "Coordinators"),
    ("Max", "max@example.org", "Coordinators"),
    ("Ade", "ade@example.org", "Finance"),
    ("Alex", "alex@example.org", ""),
]
LEAD = "richard@example.org"
TAKEN = 26


def told_already() -> dict[str, datetime]:
    """Nobody is to be told that these have a date and are open."""
    return {"date_told_at": clock.now(), "opening_told_at": clock.now()}


class Command(BaseCommand):
    help = (
        "Load the demonstration: the real call's facts, with people to sign in as. Once; only with "
        "DEBUG."
    )

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "load_demo makes people with well-known secrets, so it only runs with DEBUG."
            )
        if Call.objects.exists():
            return
        today = timezone.localdate(clock.now())
        Community(**words.COMMUNITY).save()
        self.people()
        self.pages(today)
        self.activities(self.call(), today)

    def people(self) -> None:
        for name, email in (("Richard", LEAD), ("Sam", "sam@example.org")):
            Person.objects.create_user(email, name=name)
        self.second_step(Person.objects.get(email=LEAD))
        for name, email, group in STAFF:
            person = Person.objects.create_user(
                email, name=name, is_staff=True, is_superuser=not group
            )
            if group:
                person.groups.add(Group.objects.get(name=group))
            self.second_step(person)

    @staticmethod
    def second_step(person: Person) -> None:
        TOTP.activate(person, APP_SECRET)
        RecoveryCodes.activate(person)

    def pages(self, today: date) -> None:
        for path in sorted((FOLDER / "pages").glob("*.html")):
            title, body = path.read_text().split("\n", 1)
            written = {"title": title, "body": body, "shows_support_lines": path.stem == "support"}
            Page.objects.update_or_create(slug=path.stem, defaults=written)
        day = f"{today.day} {today:%B %Y}"
        body = accessibility.statement(**words.STATEMENT, prepared=day, reviewed=day)
        written = {"title": "Accessibility statement", "body": body}
        Page.objects.update_or_create(slug="accessibility", defaults=written)
        for position, line in enumerate(words.SUPPORT_LINES, 1):
            SupportLine.objects.create(**line, checked_on=today, position=position)

    def call(self) -> Call:
        lead = Person.objects.get(email=LEAD)
        call = Call.objects.create(
            **words.CALL, lead=lead, pay_rule=Call.PayRule.SMALL_FEE_ONLY, published_at=clock.now()
        )
        for kind, most in words.EXPENSE_LIMITS.items():
            ExpenseLimit.objects.create(call=call, kind=kind, most_pence=most)
        with (FOLDER / "picture.png").open("rb") as file:
            picture = CallPicture(call=call, file=File(file, "picture.png"), **words.PICTURE)
            picture.full_clean()
            picture.save()
        return call

    def activities(self, call: Call, today: date) -> None:
        """The four ways to take part, two of them with a date."""
        first, second = dates.months_after(dates.kick_off(today))
        session = self.session(call, today)
        self.conversations(self.series(call, today))
        Activity.objects.create(
            **words.OWN_TIME,
            call=call,
            kind=Activity.Kind.OWN_TIME,
            position=3,
            when_words=f"likely {first}, to be confirmed",
        )
        Activity.objects.create(
            **words.IN_PERSON,
            call=call,
            kind=Activity.Kind.IN_PERSON,
            position=4,
            when_words=f"{first} or {second}, to be confirmed; the address comes later",
        )
        self.sign_ups(session)

    def session(self, call: Call, today: date) -> Session:
        day = dates.kick_off(today)
        return Session.objects.create(
            **words.KICK_OFF,
            **told_already(),
            call=call,
            kind=Activity.Kind.SESSION,
            state=Activity.State.OPEN,
            position=1,
            starts_at=dates.at(day, 14),
            ends_at=dates.at(day, 16),
            interpreter_by=day - timedelta(weeks=2),
        )

    def series(self, call: Call, today: date) -> ConversationSeries:
        since = dates.conversations(today)
        return ConversationSeries.objects.create(
            **words.CONVERSATION,
            **told_already(),
            call=call,
            kind=Activity.Kind.CONVERSATION,
            state=Activity.State.OPEN,
            position=2,
            host=Person.objects.get(email=LEAD),
            when_words=f"since Monday {since.day} {since:%B}, by appointment",
            opens_from=since,
        )

    def conversations(self, series: ConversationSeries) -> None:
        """Richard is there on three days a week; somebody has booked already."""
        for weekday, start, end in words.HOURS:
            series.hours.create(weekday=weekday, from_time=time(start), until_time=time(end))
        opening.apply(series, lambda locked: None)
        person = Person.objects.create_user("amina@example.org", name="Amina")
        slot = series.slots.free_to(person).order_by("starts_at")[0]
        booking.book(slot, person, **words.TALK)
        Message.objects.update(state=Message.State.DROPPED)

    def sign_ups(self, session: Session) -> None:
        """Some people have booked already; a few places are left for anybody who tries it."""
        for number in range(TAKEN):
            name = words.MEMBERS[number % len(words.MEMBERS)]
            person = Person.objects.create_user(f"{name.lower()}{number}@example.org", name=name)
            needs = words.NEEDS.get(number)
            places.sign_up(
                session,
                person,
                capacity=Registration.Capacity.PERSONAL,
                access_needs=needs,
                agreed_at=clock.now(),
            )
        Message.objects.update(state=Message.State.DROPPED)  # nobody is to be written to for these
        self.by_phone(session)

    def by_phone(self, session: Session) -> None:
        """Somebody without email, whom staff ring; and something to come back to."""
        person = Person.objects.create(
            name="Olive", phone="+441632960017", reach_by=Person.ReachBy.PHONE
        )
        places.book(session, person, capacity=Registration.Capacity.PERSONAL, agreed_at=clock.now())
        FollowUp.objects.create(
            person=person,
            activity=session,
            what=words.FOLLOW_UP,
            due_on=timezone.localdate(clock.now()),
            created_by=Person.objects.get(email="jo@example.org"),
        )
