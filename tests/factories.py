"""Factories state what a row needs; a test states what matters."""

from datetime import UTC, datetime, timedelta

import factory
from django.contrib.auth.models import Group

from collective import roles
from collective.models import Activity, Call, Community, Follow, Page, Person
from events.models import Registration, Session

# The real call's first session: a Thursday, 14:00 to 16:00 in London (call-facts).
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

    slug = "support"
    title = "Someone to talk to"
    body = "<p>Call us.</p>"


def sign_up(session, person=None, **answers):
    """A registration, made by the rule itself."""
    return session.sign_up(person or PersonFactory(), **{"capacity": Registration.Capacity.PERSONAL, **answers})


def fill(session):
    """Sign up until every place is taken; returns the registrations."""
    return [sign_up(session) for _ in range(session.free_places)]
