"""Signing in by an emailed code: one door for known and unknown addresses.

A Person is made when the code is right. The code, its limits and its mail are ours
(docs/decisions/0004 says why); what follows a right code, as the second factor and the session, is
django-allauth's.
"""

import logging
from collections.abc import Iterable, Sequence

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from collective import clock
from collective.errors import RuleError, broken_constraint
from collective.messages import kinds, mail
from collective.models import AddressChange, Message, Person, SignIn
from collective.models.person import ONE_ADDRESS_EACH
from collective.models.sign_in import MOST_WRONG_CODES
from collective.people import browser_sessions, sign_in_limits
from collective.people.sign_in_limits import Asking, MailHeld
from collective.seeing import counts
from collective.templatetags.collective import day
from collective.typed import addresses

logger = logging.getLogger(__name__)
OVER = "This code can no longer be used. Ask for a new one below."
Typed = tuple[Sequence[SignIn], str]  # the requests that a code may answer, and the code


def ask_for_code(
    email: str, visitor_address: str, proof: SignIn.Proof = SignIn.Proof.NONE
) -> SignIn:
    """Send a code to this address, known or not; returns the SignIn.

    Where many wrong codes were tried, a link is sent instead. Raises MailHeld past the limits, and
    RuleError for what is no address.
    """
    network = sign_in_limits.network_of(visitor_address)
    return record_asked(Asking(addresses.read(email), network, proof), kinds.CODE)


def record_asked(asking: Asking, kind: str) -> SignIn:
    """The same for a code of any kind."""
    try:
        with transaction.atomic():
            _one_at_a_time(asking.email)
            sign_in = _write(asking, kind)
    except MailHeld:
        _log("mail_held", asking.email, asking.network)
        raise
    _log("link_asked" if sign_in.link_only else "asked", asking.email, asking.network)
    # Now and from here: nobody should wait for a broker to sign in. No worker is rung for, as one
    # that took it and then lost its broker would keep it. If this fails, the sweep sends it.
    message = Message.objects.get(person=None, kind=kind, about=sign_in.pk)
    mail.send_by_message_id(message.message_id)
    return sign_in


def _write(asking: Asking, kind: str) -> SignIn:
    sign_in_limits.check_mail(asking)
    sign_in = SignIn.objects.create(
        email=asking.email,
        network=asking.network,
        person=asking.person,
        proof=asking.proof,
        link_only=sign_in_limits.is_link_only(asking),
    )
    mail.write(None, kind, sign_in, address=asking.email, not_after=sign_in.ends_at)
    return sign_in


def _one_at_a_time(email: str) -> None:
    """Another request for this address waits until our transaction ends: the limit is exact."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connection.cursor() as cursor:
        cursor.execute(lock, [f"sign-in:{email}"])


def check_code(asked: Sequence[SignIn], code: str) -> Person:
    """Return the Person whose address this proves, made now if it is new.

    Any code counts that was asked for here and still lives. Raises RuleError with what to do next.
    """
    return _person_at(prove(asked, code).email)


def prove(asked: Sequence[SignIn], code: str) -> SignIn:
    """Use up the code; returns the request that it answers.

    Raises RuleError, with what to do next, for one that is wrong or over.
    """
    return prove_each((asked, code))[0]


def prove_each(*typed: Typed) -> list[SignIn]:
    """The same for several codes: all of them are right, or none is used up."""
    with transaction.atomic():
        living = [_locked(asked) for asked, _ in typed]
        found = [_right(rows, code) for rows, (_, code) in zip(living, typed, strict=True)]
        right = [row for row in found if row]
        if len(right) == len(typed):
            return _use_up(right)
        wrong = [rows for rows, row in zip(living, found, strict=True) if row is None]
        for rows in wrong:
            _count_wrong(rows)
    raise RuleError(_why_not(wrong[0]))


def _locked(asked: Iterable[SignIn]) -> list[SignIn]:
    """Those of them that can be used, locked in the order of their keys."""
    rows = SignIn.objects.living().filter(pk__in=[row.pk for row in asked])
    return list(rows.select_for_update().order_by("pk"))


def _right(rows: list[SignIn], code: str) -> SignIn | None:
    """The newest request that this code answers."""
    newest_first = sorted(rows, key=lambda row: row.created_at, reverse=True)
    return next((row for row in newest_first if row.matches(code)), None)


def _use_up(rows: list[SignIn]) -> list[SignIn]:
    for row in rows:
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        _log("right", row.email, row.network)
    return rows


def _count_wrong(rows: list[SignIn]) -> None:
    """A wrong code is a try at each that it might have answered; the owner hears of many."""
    keys = [row.pk for row in rows]
    SignIn.objects.filter(pk__in=keys).update(wrong_codes=F("wrong_codes") + 1)
    for row in {row.email: row for row in rows}.values():
        _log("wrong", row.email, row.network)
        if row.person_id is None:
            _tell_owner_of_many(row)


def _tell_owner_of_many(tried: SignIn) -> None:
    """Once a day, where so many wrong codes were tried that strangers get no more."""
    _one_at_a_time(tried.email)
    since = clock.now() - sign_in_limits.A_DAY
    told = Message.objects.filter(
        kind=kinds.MANY_WRONG_CODES, address=tried.email, created_at__gt=since
    )
    if not sign_in_limits.is_full_of_wrong_ones(tried.email) or told.exists():
        return
    if Person.objects.filter(email=tried.email).exists():
        mail.tell(None, kinds.MANY_WRONG_CODES, tried, address=tried.email)
        _log("owner_told_of_many_wrong", tried.email, tried.network)


def _why_not(rows: list[SignIn]) -> str:
    if not rows:
        return OVER
    if all(row.wrong_codes + 1 >= MOST_WRONG_CODES for row in rows):
        return "That is not the code we sent, and it was the last try. Ask for a new one below."
    newest = max(rows, key=lambda row: row.created_at)
    return (
        f"That is not the code we sent to {newest.email}. Please check the newest email from us "
        "and type it again."
    )


def _person_at(email: str) -> Person:
    try:
        with transaction.atomic():
            known = Person.objects.filter(email=email).first()
            return known or _newcomer(email)
    except IntegrityError as error:
        if broken_constraint(error) != ONE_ADDRESS_EACH:
            raise
        # the same newcomer, in two windows at once
        return Person.objects.get(email=email)


def _newcomer(email: str) -> Person:
    """Somebody new; but an address that will be somebody's in three days makes no second record."""
    waiting = AddressChange.objects.waiting().filter(email=email).first()
    if waiting:
        raise RuleError(
            f"This address becomes yours on {day(waiting.due_at)}. Until then please sign in with "
            "the one that you had before, or call us."
        )
    return Person.objects.create_user(email)


def enter(request: HttpRequest, person: Person, next_url: str | None) -> HttpResponse:
    """Sign the person in, by way of the second factor where they have one; returns the response."""
    browser_sessions.note_device(request)
    record_authentication(request, person, method="code", email=person.email)
    return perform_login(request, Login(user=person, redirect_url=next_url, email=person.email))


def visitor_address(request: HttpRequest) -> str:
    """The visitor's IP address, as far as TRUSTED_PROXIES lets us believe it."""
    return get_adapter().get_client_ip(request) or "unknown"


def _log(result: str, email: str, network: str) -> None:
    """How it went, with no address in clear: the same one has the same mark."""
    counts.SIGN_INS.labels(result).inc()
    address = sign_in_limits.hashed(f"log:{email}")[:16]
    logger.info("sign_in result=%s address=%s network=%s", result, address, network[:16])
