"""Signing in by an emailed code: one door for known and unknown addresses.

A Person is made when the code is right. The code, its limits and its mail are ours
(docs/decisions/0004 says why); what follows a right code, as the second factor and the session, is
django-allauth's.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse

from collective import clock
from collective.errors import RuleError, broken_constraint
from collective.messages import kinds, mail
from collective.models import Message, Person, SignIn
from collective.models.person import ONE_ADDRESS_EACH
from collective.models.sign_in import MOST_WRONG_CODES
from collective.safety import encryption
from collective.typed import addresses

LIMIT_OVER = timedelta(minutes=15)
MOST_CODES_AN_ADDRESS = 5
MOST_CODES_A_NETWORK = 150  # an office or a library shares one address


def ask_for_code(email: str, visitor_address: str) -> SignIn:
    """Send a code to this address, known or not; returns the SignIn.

    Raises RuleError past the limits, and for what is no address.
    """
    return record_asked(email, visitor_address, kind=kinds.CODE)


def record_asked(
    email: str, visitor_address: str, *, kind: str, person: Person | None = None
) -> SignIn:
    """The same for a code of any kind. With a person: the address shall become theirs."""
    address, network = addresses.read(email), _network(visitor_address)
    with transaction.atomic():
        _one_at_a_time(address)
        _check_limits(address, network, since=clock.now() - LIMIT_OVER)
        sign_in = SignIn.objects.create(email=address, network=network, person=person)
        mail.tell(None, kind, sign_in, address=address, not_after=sign_in.ends_at)
    # Now and from here, not by a worker: nobody should wait for a broker to sign in. If this fails,
    # the sweep sends it.
    message = Message.objects.get(person=None, kind=kind, about=sign_in.pk)
    mail.send_by_message_id(message.message_id)
    return sign_in


def _network(visitor_address: str) -> str:
    """A keyed hash: enough to count how often it asks."""
    key, address = settings.SECRET_KEY.encode(), visitor_address.encode()
    return hmac.new(key, address, hashlib.sha256).hexdigest()


def _one_at_a_time(email: str) -> None:
    """Another request for this address waits until our transaction ends: the limit is exact."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    with connection.cursor() as cursor:
        cursor.execute(lock, [f"sign-in:{email}"])


def _check_limits(email: str, network: str, *, since: datetime) -> None:
    recent = SignIn.objects.filter(created_at__gt=since)
    if recent.filter(email=email).count() >= MOST_CODES_AN_ADDRESS:
        raise RuleError(
            "We have sent this address five codes in the last 15 minutes. Please use the newest "
            "one, or wait a little and try again. If no code arrives, call us."
        )
    if recent.filter(network=network).count() >= MOST_CODES_A_NETWORK:
        raise RuleError(
            "Many people near you are signing in. Please try again in 15 minutes, or call us."
        )


def check_code(sign_in: SignIn, code: str) -> Person:
    """Return the Person whose address this proves, made now if it is new.

    Raises RuleError with what to do next.
    """
    prove(sign_in, code)
    return _person_at(sign_in.email)


def prove(sign_in: SignIn, code: str) -> None:
    """Use up the code. Raises RuleError, with what to do next, for one that is wrong or over."""
    with transaction.atomic():
        sign_in = SignIn.objects.select_for_update().get(pk=sign_in.pk)
        if not sign_in.is_usable:
            raise RuleError("This code can no longer be used. Ask for a new one below.")
        if sign_in.matches(code):
            sign_in.used_at = clock.now()
            sign_in.save(update_fields=["used_at"])
            return
        SignIn.objects.filter(pk=sign_in.pk).update(wrong_codes=F("wrong_codes") + 1)
    left = MOST_WRONG_CODES - sign_in.wrong_codes - 1
    if left == 0:
        raise RuleError(
            "That is not the code we sent, and it was the last try. Ask for a new one below."
        )
    raise RuleError(
        "That is not the code we sent. Please check the newest email from us and type it again."
    )


def _person_at(email: str) -> Person:
    try:
        with transaction.atomic():
            known = Person.objects.filter(email=email).first()
            return known or Person.objects.create_user(email)
    except IntegrityError as error:
        if broken_constraint(error) != ONE_ADDRESS_EACH:
            raise
        # the same newcomer, in two windows at once
        return Person.objects.get(email=email)


def enter(request: HttpRequest, person: Person, next_url: str | None) -> HttpResponse:
    """Sign the person in, by way of the second factor where they have one; returns the response."""
    record_authentication(request, person, method="code", email=person.email)
    return perform_login(request, Login(user=person, redirect_url=next_url, email=person.email))


def visitor_address(request: HttpRequest) -> str:
    """The visitor's IP address, as far as TRUSTED_PROXIES lets us believe it."""
    return get_adapter().get_client_ip(request) or "unknown"


class AccountAdapter(DefaultAccountAdapter):
    """allauth sends no mail of its own and adds no message of its own to our pages."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        pass


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second-factor secrets are encrypted, like all that no copy of the database may show."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Collective"
