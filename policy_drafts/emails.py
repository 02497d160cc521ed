"""What the messages about policies say: one small function a kind, one template a message."""

from typing import TYPE_CHECKING

from collective.messages import addresses, mail
from collective.messages.mail import Letter
from policy_drafts.models import Draft, DraftFollow, PolicyRole

if TYPE_CHECKING:
    from collective.models import Message


@mail.kind(
    "draft_published", "A draft is out", keep_text=False
)  # staff need not be able to read the draft
def draft_published(message: "Message") -> Letter | None:
    """That there is a draft to read, for who may read it; None once it is withdrawn or not for
    them.
    """
    draft = (
        Draft.objects.filter(pk=message.about, withdrawn_at=None).select_related("policy").first()
    )
    if draft is None or not Draft.objects.visible_to(message.person).filter(pk=draft.pk).exists():
        return None
    follow = DraftFollow.objects.filter(policy=draft.policy, person=message.person).first()
    has_role = PolicyRole.objects.held_by(message.person).filter(policy=draft.policy).exists()
    if not has_role and (follow is None or not message.person.wants_news):
        return None
    stop = ""
    if follow and not has_role:
        stop = addresses.full_reverse(
            "stop_draft_news", follow.pk, key_purpose="draft-news", pk=follow.pk
        )
    return letter_about(draft, stop=stop)


def letter_about(draft: Draft, *, stop: str = "") -> Letter:
    """The letter itself; the rehearsal shows the same."""
    return Letter(
        "Something new to read",
        "policy_drafts/email/draft_published.html",
        {
            "draft": draft,
            "stop": stop,
            "page": addresses.full(draft.get_absolute_url()),
            "earlier": draft.policy.drafts.not_withdrawn()
            .sealed()
            .filter(number__gt=draft.number)
            .exists(),
            "changes": addresses.full_reverse("changes", draft.policy.slug, draft.number)
            if draft.number > 1
            else "",
        },
        row=draft,
        one_click_stop=stop,
    )


@mail.kind("policy_invitation", "Invitation to write a policy")
def policy_invitation(message: "Message") -> Letter | None:
    """An invitation that is still open."""
    role = (
        PolicyRole.objects.filter(pk=message.about, state=PolicyRole.State.INVITED)
        .select_related("policy")
        .first()
    )
    if role is None:
        return None
    return Letter(
        "An invitation to you",
        "policy_drafts/email/invitation.html",
        {"role": role, "page": addresses.full_reverse("invitation", role.pk)},
        row=role,
    )
