import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from collective import clock
from collective.models import Call, Person
from policy_drafts import demo
from policy_drafts.desk import outline, writing
from policy_drafts.desk.readers import text
from policy_drafts.desk.values import saved_text
from policy_drafts.drafts import contents, publishing
from policy_drafts.models import Audience, DraftFollow, Heard, Policy, PolicyRole, Round, Section

FOLDER = Path(demo.__file__).parent
GROUP = [
    ("Robin", "robin@example.org"),
    ("Noor", "noor@example.org"),
    ("Casey", "casey@example.org"),
]
HEARD = [
    (
        Heard.Channel.CONVERSATION,
        "Somebody was asked to stay away from sessions after they had complained about a guest.",
    ),
    (
        Heard.Channel.LETTER,
        "Please say how long it takes until we hear back. Waiting was the worst part.",
    ),
]
NEWS = [
    "This is the first draft. Everything is open: tell us what is missing, what is wrong, and "
    "what is hard to read.",
    "There are now clear promises for people who speak up: an answer within two working days, a "
    "way to tell us without a name, and nobody is treated worse for it. The part about bullying "
    "stands further up, and it says more clearly who stays away. We also say who looks into a "
    "concern about an Associate.",
]
TITLE = "Safeguarding policy"
SUMMARY = (
    "How people are safe, and feel safe, in our community, and what we do when somebody is not."
)


def _text_of(number: int) -> str:
    """The draft's text; the file breaks its lines where a person who edits it would."""
    return " ".join((FOLDER / f"draft-{number}.html").read_text().split())


class Command(BaseCommand):
    help = (
        "Load the demonstration's policy: two drafts, a lead, a working group. Once, after "
        "load_demo; only with DEBUG."
    )

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "load_demo_policy makes people whom everybody can sign in as, so it only runs "
                "with DEBUG."
            )
        call = Call.objects.first()
        if Policy.objects.exists() or call is None:
            return
        policy = Policy.objects.create(title=TITLE, slug="safeguarding", summary=SUMMARY)
        Round.objects.create(policy=policy, call=call)
        lead = Person.objects.get(email="richard@example.org")
        self.add_people(policy, lead)
        self.add_heard(policy, lead)
        for number, news in enumerate(NEWS, 1):
            self.write(policy, lead, _text_of(number))
            self.publish(policy, lead, news)

    def add_people(self, policy: Policy, lead: Person) -> None:
        """Somebody who leads it, a working group, and somebody who wants to hear of drafts."""
        self.add_role(policy, lead, PolicyRole.Kind.LEAD)
        for name, email in GROUP:
            person = Person.objects.create_user(email, name=name)
            self.add_role(policy, person, PolicyRole.Kind.WORKING_GROUP)
        follower = Person.objects.get(email="sam@example.org")
        DraftFollow.objects.create(policy=policy, person=follower)

    @staticmethod
    def add_role(policy: Policy, person: Person, kind: PolicyRole.Kind) -> None:
        PolicyRole.objects.create(
            policy=policy,
            person=person,
            email=person.email or "",
            kind=kind,
            state=PolicyRole.State.ACCEPTED,
            answered_at=clock.now(),
        )

    @staticmethod
    def add_heard(policy: Policy, lead: Person) -> None:
        """What people said before there was a draft."""
        day = clock.now().date() - timedelta(days=3)
        for channel, words in HEARD:
            Heard.objects.create(
                policy=policy, channel=channel, words=words, heard_on=day, noted_by=lead
            )

    @staticmethod
    def write(policy: Policy, lead: Person, html: str) -> None:
        """Bring the working copy to this text: by the rules, as a writer would."""
        for position, part in enumerate(text.web_page(html.encode()).sections, 1):
            section = policy.sections.live().filter(title=part.title).first()
            if section is None:
                new = outline.NewSection(part.title, part.html, state=Section.State.READY)
                outline.insert(policy, lead, new)
                continue
            saved = saved_text(section)
            saved["html"] = part.html
            section = writing.save(section, lead, section.lock_version, **saved)
            for _ in range(position, section.place):
                outline.move(section, outline.UP)

    @staticmethod
    def publish(policy: Policy, lead: Person, news: str) -> None:
        confirmed = publishing.Confirmed(uuid.uuid4(), contents.of_working_copy(policy).fingerprint)
        publishing.publish(policy, lead, audience=Audience.MEMBERS, news=news, confirmed=confirmed)
