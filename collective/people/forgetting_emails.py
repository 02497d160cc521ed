"""What people who asked to be forgotten are told: that it will be done, waits, stopped, is done.

That it was asked for or stopped is told at every address of the record, as it may be somebody else
who wants it. Of a death the addresses hear, and nobody by hand.
"""

from django.conf import settings
from django.db.models import Q

from collective.messages import addresses, kinds, mail
from collective.messages.letters import Letter, kind
from collective.models import DeletionRequest, Message
from collective.people import forgetting

BECAUSE = "this address belongs to a record with us"
UUID_LENGTH = 36


def tell_asked(request: DeletionRequest) -> None:
    """It was asked for, or staff have taken it down."""
    if request.is_of_a_death:
        _tell_addresses(request, kinds.FORGETTING_DIED, "t")
    elif request.tells_them:
        _tell(request, kinds.FORGETTING_ASKED)


def tell_confirmed(request: DeletionRequest) -> None:
    """A second colleague believes it, too: of a death every address hears once more."""
    if request.is_of_a_death:
        _tell_addresses(request, kinds.FORGETTING_DIED, "c")


def tell_stopped(request: DeletionRequest) -> None:
    """Nothing is removed, and whose word it was."""
    if request.is_of_a_death:
        _tell_addresses(request, kinds.FORGETTING_STOPPED)
    elif request.tells_them:
        _tell(request, kinds.FORGETTING_STOPPED)


def tell_waits(request: DeletionRequest) -> None:
    """Something has to be settled first."""
    if request.tells_them:
        person, revision = request.person, str(request.public_id)
        mail.tell(person, kinds.FORGETTING_WAITS, person, revision=revision)


def last_address(request: DeletionRequest) -> str:
    """Where the last mail goes; "" for whoever is told nothing, or has no address of their own."""
    return request.person.protected_at if request.tells_them else ""


def tell_done(request: DeletionRequest, address: str) -> None:
    """The last mail, to the address that the record had; none for ""."""
    if address:
        about, revision = request.person, str(request.public_id)
        mail.tell(None, kinds.FORGOTTEN, about, address=address, revision=revision)


def empty_last_addresses() -> None:
    """The last mail is gone, or can never go: the address was kept for nothing else."""
    last = Message.objects.filter(kind=kinds.FORGOTTEN).exclude(address="")
    over = Q(state__in=[Message.State.SENT, Message.State.DROPPED])
    last.filter(over).update(address="", error="")
    failed = last.filter(state=Message.State.FAILED)
    failed.update(address="", error="", state=Message.State.DROPPED)


def _tell(request: DeletionRequest, name: str) -> None:
    """The person by their own way, and every address that this does not reach."""
    person, told = request.person, ""
    if person.is_active:  # whoever is shut out gets no message, but an address does
        mail.tell(person, name, person, revision=str(request.public_id))
        told = person.protected_at
    _tell_addresses(request, name, but=told)


def _tell_addresses(request: DeletionRequest, name: str, step: str = "", *, but: str = "") -> None:
    person = request.person
    for number, address in enumerate(person.addresses):
        if address != but:
            revision = f"{request.public_id}{step}{number}"
            mail.tell(None, name, person, address=address, revision=revision)


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
    context = {**_words(request), "stop": stop_address(request)}
    if message.person:  # another address may be shared: it does not read what they have booked
        context |= {"told": forgetting.preview(request.person)}
    return Letter(
        "We will remove what we hold about you",
        "email/forgetting_asked.html",
        {**context, "backup_days": settings.BACKUP_DAYS},
        row=request,
    )


@kind(
    kinds.FORGETTING_DIED,
    "We were told that they have died: is that right?",
    keep_text=False,
    protects=True,
)
def died(message: Message) -> Letter | None:
    request = _open(message)
    if request is None:
        return None
    context = {**_words(request), "stop": stop_address(request)}
    return Letter("About a record with us", "email/forgetting_died.html", context, row=request)


def _words(request: DeletionRequest) -> dict[str, object]:
    """Whose request it is, and who of our team noted or stopped it."""
    by = {
        name: person and (person.name or "Somebody")
        for name, person in (("noted_by", request.taken_by), ("stopped_by", request.stopped_by))
    }
    whose = request.person.name or "the person who gave us this address"
    return {"request_": request, "whose": whose, **by}


@kind(kinds.FORGETTING_WAITS, "Being forgotten has to wait", keep_text=False, protects=True)
def waits(message: Message) -> Letter | None:
    request = _open(message)
    if request is None or not forgetting.in_the_way(request.person):
        return None
    context = {"stop": stop_address(request), "page": addresses.full_reverse("ask_to_delete")}
    subject = "Removing what we hold has to wait"
    return Letter(subject, "email/forgetting_waits.html", context, row=request)


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
    context = {**_words(request), "page": addresses.full_reverse("ask_to_delete")}
    return Letter("Nothing is removed", "email/forgetting_stopped.html", context, row=request)


@kind(
    kinds.FORGOTTEN, "The last mail: we have removed what we held", keep_text=False, protects=True
)
def forgotten(message: Message) -> Letter:
    context = {"backup_days": settings.BACKUP_DAYS}
    return Letter("We have removed what we held about you", "email/forgotten.html", context)


def stop_address(request: DeletionRequest) -> str:
    """There it can be stopped, without signing in."""
    return addresses.full(stop_path(request))


def stop_path(request: DeletionRequest) -> str:
    """The same, on this site. Only for whoever has shown that the record is theirs."""
    pk = request.public_id
    return addresses.path_with_key("stop_forgetting", pk, purpose="forgetting")


def _request_of(message: Message) -> DeletionRequest | None:
    rows = DeletionRequest.objects.select_related("person", "taken_by", "stopped_by")
    key = message.revision[:UUID_LENGTH]
    return rows.filter(public_id=key, person=message.about).first()


def _open(message: Message) -> DeletionRequest | None:
    request = _request_of(message)
    return request if request and request.is_open else None
