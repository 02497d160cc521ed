"""What people who asked to be forgotten are told: that it will be done, waits, stopped, is done."""

from django.conf import settings

from collective.messages import addresses, kinds
from collective.messages.letters import Letter, kind
from collective.models import DeletionRequest, Message
from collective.people import forgetting


@kind(
    kinds.FORGETTING_ASKED,
    "They asked to be forgotten: what happens when",
    keep_text=False,
    protects=True,
)
def asked(message: Message) -> Letter | None:
    request = _open(message)
    if request is None:
        return None
    context = {"request_": request, "stop": stop_address(request), "told": _preview(request)}
    return Letter(
        "What we hold about you",
        "email/forgetting_asked.html",
        {**context, "backup_days": settings.BACKUP_DAYS},
        row=request,
    )


@kind(kinds.FORGETTING_WAITS, "Being forgotten has to wait", keep_text=False, protects=True)
def waits(message: Message) -> Letter | None:
    request = _open(message)
    if request is None or not forgetting.in_the_way(request.person):
        return None
    context = {"stop": stop_address(request), "page": addresses.full_reverse("ask_to_delete")}
    return Letter("What we hold about you", "email/forgetting_waits.html", context, row=request)


@kind(
    kinds.FORGETTING_STOPPED,
    "Nothing is removed: they changed their mind",
    keep_text=False,
    protects=True,
)
def stopped(message: Message) -> Letter | None:
    request = _request_of(message)
    if request is None or request.stopped_at is None:
        return None
    return Letter("What we hold about you", "email/forgetting_stopped.html", {}, row=request)


@kind(
    kinds.FORGOTTEN, "The last mail: we have removed what we held", keep_text=False, protects=True
)
def forgotten(message: Message) -> Letter:
    context = {"backup_days": settings.BACKUP_DAYS}
    return Letter("We have removed what we held about you", "email/forgotten.html", context)


def stop_address(request: DeletionRequest) -> str:
    """There it can be stopped, without signing in."""
    pk = request.public_id
    return addresses.full_reverse("stop_forgetting", pk, key_purpose="forgetting", pk=pk)


def _preview(request: DeletionRequest) -> forgetting.Preview:
    return forgetting.preview(request.person)


def _request_of(message: Message) -> DeletionRequest | None:
    rows = DeletionRequest.objects.select_related("person")
    return rows.filter(public_id=message.revision, person=message.about).first()


def _open(message: Message) -> DeletionRequest | None:
    request = _request_of(message)
    return request if request and request.is_open else None
