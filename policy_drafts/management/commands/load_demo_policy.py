import uuid
from datetime import timedelta
from pathlib import Path

import lxml.html
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from collective import clock
from collective.models import Call, Person
from policy_drafts import demo
from policy_drafts.desk import outline, writing
from policy_drafts.desk.readers.parts import sections_of
from policy_drafts.drafts import publishing
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
    (
        "This is the first draft. Everything is open: tell us what is missing, what is wrong, and "
        "what is hard to read."
    ),
    "There are now clear promises for who speaks up: an answer within two working days, a way "
    "to tell us without a "
    "name, and nobody is treated worse for it. The part about bullying stands further up, and "
    "it says more clearly who "
    "stays away. We also say who looks into a concern about an Associate.",
]


class Command(BaseCommand):
    help = (
        "Load the demonstration's policy: two drafts, a lead, a working group. Once, after "
        "load_demo; only with DEBUG."
    )

    @transaction.atomic
    def handle(self, **options) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "load_demo_policy makes people whom everybody can sign in as, so it only runs "
                "with DEBUG."
            )
        call = Call.objects.first()
        if Policy.objects.exists() or call is None:
            return
        policy = Policy.objects.create(
            title="Safeguarding policy",
            slug="safeguarding",
            summary=(
                "How people are safe, and feel safe, in our community, and what we do when "
                "somebody is not."
            ),
        )
        Round.objects.create(policy=policy, call=call)
        richard = Person.objects.get(email="richard@example.org")
        self.role(policy, richard, PolicyRole.Kind.LEAD)
        for name, email in GROUP:
            self.role(
                policy, Person.objects.create_user(email, name=name), PolicyRole.Kind.WORKING_GROUP
            )
        DraftFollow.objects.create(
            policy=policy, person=Person.objects.get(email="sam@example.org")
        )
        for channel, words in HEARD:
            day = clock.now().date() - timedelta(days=3)
            Heard.objects.create(
                policy=policy, channel=channel, words=words, heard_on=day, noted_by=richard
            )
        for number, news in enumerate(NEWS, 1):
            self.write(policy, richard, (FOLDER / f"draft-{number}.html").read_text())
            publishing.publish(
                policy,
                richard,
                audience=Audience.MEMBERS,
                news=news,
                request_key=uuid.uuid4(),
                based_on=publishing.fingerprint(policy),
            )

    @staticmethod
    def role(policy: Policy, person: Person, kind: PolicyRole.Kind) -> None:
        PolicyRole.objects.create(
            policy=policy,
            person=person,
            email=person.email,
            kind=kind,
            state=PolicyRole.State.ACCEPTED,
            answered_at=clock.now(),
        )

    @staticmethod
    def write(policy: Policy, person: Person, html: str) -> None:
        """Bring the working copy to this text: by the rules, as a writer would."""
        for position, part in enumerate(
            sections_of(lxml.html.fragment_fromstring(html, create_parent="article")), 1
        ):
            title, body = part.title, part.html
            section = policy.sections.live().filter(title=title).first()
            if section is None:
                outline.add(policy, person, title, html=body, state=Section.State.READY)
                continue
            writing.save(
                section, person, section.lock_version, title=title, html=body, state=section.state
            )
            while Section.objects.get(pk=section.pk).position > position:
                outline.move(section, -1)
