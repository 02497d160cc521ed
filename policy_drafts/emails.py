"""What the messages about policies say: one small function a kind, one template a message."""

from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Message, Person
from policy_drafts import kinds
from policy_drafts.models import Draft, DraftFollow, PolicyRole
from policy_drafts.models.role import RoleQuerySet

BECAUSE = "you have a part in this policy"


# staff need not be able to read the draft, so they do not keep the text
@mail.kind(kinds.DRAFT_PUBLISHED, "A draft is out", keep_text=False)
def draft_published(message: Message) -> Letter | None:
    """That there is a draft to read; None once it is withdrawn, or not for them to hear of."""
    person = message.person
    standing = Draft.objects.not_withdrawn().filter(pk=message.about)
    draft = standing.select_related("policy").first()
    if person is None or draft is None or not _may_read(person, draft):
        return None
    if PolicyRole.objects.held_by(person).filter(policy=draft.policy).exists():
        return letter_about(draft)
    follow = DraftFollow.objects.filter(policy=draft.policy, person=person).first()
    if follow is None or not person.wants_news:
        return None
    stop = addresses.full_reverse(
        "stop_draft_news", follow.pk, key_purpose="draft-news", pk=follow.pk
    )
    return letter_about(draft, stop=stop)


def _may_read(person: Person, draft: Draft) -> bool:
    return Draft.objects.visible_to(person).filter(pk=draft.pk).exists()


def letter_about(draft: Draft, *, stop: str = "") -> Letter:
    """The letter itself; the rehearsal shows the same."""
    later = draft.policy.drafts.not_withdrawn().sealed().filter(number__gt=draft.number)
    changes = ""
    if draft.number > 1:
        changes = addresses.full_reverse("changes", draft.policy.slug, draft.number)
    context = {
        "draft": draft,
        "stop": stop,
        "page": addresses.full(draft.get_absolute_url()),
        "earlier": later.exists(),
        "changes": changes,
    }
    return Letter(
        "A new draft to read",
        "policy_drafts/email/draft_published.html",
        context,
        row=draft,
        one_click_stop=stop,
        because="you asked us to tell you of new drafts" if stop else "",
    )


@mail.kind(
    kinds.POLICY_INVITATION,
    "Invitation to write a policy",
    because="somebody invited this address",
)
def policy_invitation(message: Message) -> Letter | None:
    """An invitation that is still open."""
    invited = PolicyRole.objects.filter(pk=message.about, state=PolicyRole.State.INVITED)
    role = invited.select_related("policy").first()
    if role is None:
        return None
    return Letter(
        "An invitation to you",
        "policy_drafts/email/invitation.html",
        {"role": role, "page": addresses.full_reverse("invitation", role.pk)},
        row=role,
    )


@mail.kind(kinds.LEAD_INVITED, "For the leads: another lead is invited", protects=True)
def lead_invited(message: Message) -> Letter | None:
    """While the invitation stands, or once it was accepted."""
    subject = "Somebody is invited to write with you"
    return _about_role(message, subject, "lead_invited", PolicyRole.objects.live())


@mail.kind(kinds.LEAD_JOINED, "For the leads: there is another lead", protects=True)
def lead_joined(message: Message) -> Letter | None:
    """Also where they have left again: they could read everything."""
    subject = "Somebody writes a policy with you now"
    return _about_role(message, subject, "lead_joined", PolicyRole.objects.exclude(person=None))


@mail.kind(
    kinds.ROLE_ENDED,
    "Somebody ended their part in a policy",
    because="you had a part in this policy",
    protects=True,
)
def role_ended(message: Message) -> Letter | None:
    subject = "Your part in a policy has ended"
    return _about_role(message, subject, "role_ended", PolicyRole.objects.exclude(ended_by=None))


def _about_role(
    message: Message, subject: str, template: str, roles: RoleQuerySet
) -> Letter | None:
    """What somebody did with a role, for those whom it can harm."""
    people = roles.select_related("policy", "person", "invited_by", "ended_by")
    role = people.filter(pk=message.about).first()
    if role is None:
        return None
    context = {"role": role, "people": addresses.full_reverse("roles", role.policy.slug)}
    return Letter(
        subject,
        f"policy_drafts/email/{template}.html",
        context,
        row=role,
    )
