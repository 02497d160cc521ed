"""Who is told of a draft."""

from django.db.models import Q, QuerySet

from collective.messages import mail
from collective.models import Message, Person
from policy_drafts import kinds
from policy_drafts.models import Audience, Draft, DraftFollow, Policy, PolicyRole

A_BATCH = 500
NOT_TOLD = [Message.State.FAILED, Message.State.DROPPED]


def recipients(policy: Policy, audience: str) -> QuerySet[Person]:
    """Everybody who is told of a draft for this audience.

    The working group and the leads; and if members may read it, those who asked to be told.
    """
    roles = PolicyRole.objects.filter(policy=policy, state=PolicyRole.State.ACCEPTED)
    told = Q(pk__in=roles.values("person"))
    if audience != Audience.WORKING_GROUP:
        follows = DraftFollow.objects.filter(policy=policy, person__wants_news=True)
        told |= Q(pk__in=follows.values("person"))
    return Person.objects.filter(told, is_active=True).order_by("pk")


def newly_told(draft: Draft, audience: str) -> QuerySet[Person]:
    """Everybody who is told when this draft is opened to more people, and was not before."""
    messages = Message.objects.filter(
        kind=kinds.DRAFT_PUBLISHED, about=draft.pk, person__isnull=False
    )
    told = messages.exclude(state__in=NOT_TOLD).values("person")
    return recipients(draft.policy, audience).exclude(pk__in=told)


def tell_recipients(draft: Draft) -> int:
    """Write a message to everybody who is told of this draft; returns how many there are."""
    people = recipients(draft.policy, draft.audience).iterator(chunk_size=A_BATCH)
    return mail.tell_all(people, kinds.DRAFT_PUBLISHED, draft, revision=draft.audience)
