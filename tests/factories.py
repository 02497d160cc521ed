"""Factories state what a row needs; a test states what matters."""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import factory
from django.contrib.auth.models import Group

from collective import clock
from collective.models import Activity, Call, Community, Follow, Page, Person
from collective.people import roles
from events.conversations import booking
from events.models import ConversationSeries, Registration, Session, Slot
from events.sessions import places
from payments.models import Payment, PayoutAccount
from policy_drafts.desk import outline, readers
from policy_drafts.drafts import contents, publishing
from policy_drafts.models import Audience, Import, Policy, PolicyRole

# The real call's first session: a Thursday, 14:00 to 16:00 in London.
KICK_OFF = datetime(2022, 10, 6, 13, 0, tzinfo=UTC)
EARLY = KICK_OFF - timedelta(days=28)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")


class PhonePersonFactory(PersonFactory):
    """Somebody without email, whom staff ring."""

    email = None
    phone = "+442079460123"


class CoordinatorFactory(PersonFactory):
    class Meta:
        skip_postgeneration_save = True

    is_staff = True

    @factory.post_generation
    def in_group(self, create, extracted, **kwargs):
        if not Group.objects.exists():  # a test with transactions has emptied the table
            roles.sync()
        self.groups.add(Group.objects.get(name="Coordinators"))


class FinanceFactory(CoordinatorFactory):
    """Somebody who approves payments and makes them."""

    @factory.post_generation
    def in_group(self, create, extracted, **kwargs):
        if not Group.objects.exists():
            roles.sync()
        self.groups.add(Group.objects.get(name="Finance"))


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community

    name = "Test Community"
    phone = "020 7946 0000"
    reply_to = "hello@collective.example"
    from_email = "hello@collective.example"

    @classmethod
    def _create(cls, model_class, **fields):
        """The one row, whether or not `prepare` has made it."""
        row = model_class(**fields)
        row.save()
        return row


class CallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Call

    title = "A call"
    slug = factory.Sequence(lambda number: f"call-{number}")
    summary = "Come and write with us."
    why = "<p>Because it matters.</p>"
    about_pay = "We offer £75 for a session."
    published_at = datetime(2022, 1, 1, tzinfo=UTC)


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    call = factory.SubFactory(CallFactory)
    kind = Activity.Kind.OWN_TIME
    title = factory.Sequence(lambda number: f"Way {number}")
    slug = factory.Sequence(lambda number: f"way-{number}")
    neutral_name = "A way"
    summary = "What happens."


class SessionFactory(ActivityFactory):
    class Meta:
        model = Session

    kind = Session.Kind.SESSION
    title = factory.Sequence(lambda number: f"Session {number}")
    slug = factory.Sequence(lambda number: f"session-{number}")
    state = Session.State.OPEN
    starts_at = KICK_OFF
    ends_at = KICK_OFF + timedelta(hours=2)
    fee_pence = 7500
    places = 30
    joining_link = "https://zoom.example/j/1"


class FollowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Follow

    person = factory.SubFactory(PersonFactory)


class PageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Page
        django_get_or_create = ["slug"]

    slug = "support"
    title = "Someone to talk to"
    body = "<p>Call us.</p>"


class PayoutAccountFactory(factory.django.DjangoModelFactory):
    """A bank account, as it is after Stripe's form."""

    class Meta:
        model = PayoutAccount

    person = factory.SubFactory(PersonFactory)
    state = PayoutAccount.State.READY
    stripe_account = factory.Sequence(lambda number: f"acct_test_{number}")
    payout_method = factory.Sequence(lambda number: f"gbba_test_{number}")
    bank_name = "High Street Bank"
    last_four = factory.Sequence(lambda number: f"{number % 9000 + 1000}")
    was_ready = True
    changed_at = datetime(2022, 1, 1, tzinfo=UTC)


class PaymentFactory(factory.django.DjangoModelFactory):
    """A payment whose person wants to be paid, and whose work somebody has confirmed."""

    class Meta:
        model = Payment

    person = factory.SubFactory(PersonFactory)
    activity = factory.SubFactory(SessionFactory)
    fee_pence = 7500
    taken_pence = factory.SelfAttribute("fee_pence")
    choice = Payment.Choice.PAY
    happened_on = KICK_OFF.date()
    choose_by = (KICK_OFF + timedelta(days=60)).date()
    confirmed_by = factory.SubFactory(CoordinatorFactory)
    confirmed_at = KICK_OFF


def approved(at_stripe=None, **fields):
    """A payment that two people have approved, with its account; at this fake Stripe too, if one is
    given.
    """
    person = fields.pop("person", None) or PersonFactory()
    account = PayoutAccountFactory(person=person)
    if at_stripe:
        put_at_stripe(at_stripe, account)
    return PaymentFactory(
        person=person,
        state=Payment.State.APPROVED,
        approved_by=FinanceFactory(),
        method="stripe",
        approved_at=fields.pop("approved_at", KICK_OFF),
        **fields,
    )


def put_at_stripe(fake, account, last_four=None):
    """The account's recipient and bank account, as they stand in the fake after its form."""
    with fake.state.lock:
        row = fake.state.add_account(
            {"contact_email": account.person.email, "display_name": account.person.name}
        )
        method = fake.state.add_bank_account(
            row["id"], account.bank_name, f"1234{last_four or account.last_four}"
        )
    account.stripe_account, account.payout_method = row["id"], method["id"]
    account.last_four = last_four or account.last_four
    account.save()


def sign_up(session, person=None, **answers):
    """A registration, made by the rule itself."""
    return places.sign_up(
        session,
        person or PersonFactory(),
        **{"capacity": Registration.Capacity.PERSONAL, **answers},
    )


def fill(session):
    """Sign up until every place is taken; returns the registrations."""
    return [sign_up(session) for _ in range(session.free_places)]


class SeriesFactory(ActivityFactory):
    """Conversations that are open, with a host; times are opened with `slot_of` or opening
    hours.
    """

    class Meta:
        model = ConversationSeries

    kind = Activity.Kind.CONVERSATION
    title = factory.Sequence(lambda number: f"Conversation {number}")
    slug = factory.Sequence(lambda number: f"conversation-{number}")
    neutral_name = "Conversation"
    state = Activity.State.OPEN
    fee_pence = 2500
    host = factory.SubFactory(PersonFactory, name="Richard")
    video_link = "https://zoom.example/j/2"
    ring_host_on = "+442079460001"


def slot_of(series, starts_at=KICK_OFF, **more):
    """A free time of the series, as long as its conversations, with the break after it."""
    end = starts_at + series.length
    return Slot.objects.create(
        series=series,
        host=series.host,
        starts_at=starts_at,
        ends_at=end,
        busy_until=end + series.pause,
        **more,
    )


def slots_of(series, number, starts_at=KICK_OFF):
    """So many free times, a day apart."""
    return [slot_of(series, starts_at + timedelta(days=day)) for day in range(number)]


TALK = {
    "how": "phone",
    "who_rings": "host",
    "phone": "+447700900123",
    "topics": "zebra crossing",
    "access_needs": {"choices": ["text_chat"], "notes": "umbrella"},
    "capacity": "personal",
}


def book(slot, person=None, **answers):
    """A conversation, made by the rule itself."""
    return booking.book(slot, person or PersonFactory(), **{**TALK, **answers})


class PolicyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Policy

    title = factory.Sequence("Policy {}".format)
    slug = factory.Sequence("policy-{}".format)
    summary = "How we keep each other safe."


def role_in(policy, person=None, kind=PolicyRole.Kind.LEAD):
    """Give somebody an accepted role; returns the person."""
    person = person or PersonFactory()
    PolicyRole.objects.create(
        policy=policy, person=person, email=person.email, kind=kind, state=PolicyRole.State.ACCEPTED
    )
    return person


def section_in(policy, html="<p>We look after each other.</p>", title="Why", by=None):
    """A section of the working copy, added by its rule."""
    return outline.add(policy, by or PersonFactory(), title, html=html)


def published(policy, by=None, audience=Audience.PUBLIC, news="It is new."):
    """Publish the working copy; one section is added where there is none."""
    if not policy.sections.live().exists():
        section_in(policy)
    return publishing.publish(
        policy,
        by or PersonFactory(),
        audience=audience,
        news=news,
        confirmed=publishing.Confirmed(uuid.uuid4(), contents.of_working_copy(policy).fingerprint),
    )


def coming_session(**more):
    """A session four weeks from now."""
    start = clock.now().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=28)
    return SessionFactory(starts_at=start, ends_at=start + timedelta(hours=2), **more)


def brought_in(policy, person, name, content):
    """A file that a worker has read, for its writer to look through."""
    held = asdict(readers.read(name, content))
    return Import.objects.create(
        policy=policy, person=person, name=name, held=held, state=Import.State.READY
    )
