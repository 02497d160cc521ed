"""How many codes are mailed, and how many wrong ones may be tried, without shutting anybody out.

A limit on mail drops a mail and never a sign-in: each code that this browser asked for stays good.
Where too many wrong codes were tried, what is mailed to browsers that we do not know is no code but
a link; whoever reads mail at the address opens it, and gets a code in that browser. So the limits
hit whoever does not read the mail. docs/decisions/0025 has the sums.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, DateTimeField, F, IntegerField, Max, Q, Sum, Value, When
from django.utils import timezone
from django.utils.crypto import salted_hmac

from collective import clock
from collective.clock import LONDON
from collective.errors import RuleError
from collective.models import Person, SignIn
from collective.models.sign_in import CODE_LASTS, MOST_WRONG_CODES, SignInQuerySet

LIMIT_OVER = timedelta(minutes=15)  # mails are counted over this
MOST_TOGETHER = 5  # to one address for one network: a person who asks again and again
MOST_AN_ADDRESS = 15  # to one address for all networks: nobody's mailbox is filled
MOST_A_NETWORK = 150  # an office or a library shares one
MOST_OF_ONES_OWN = 5  # asked for with a proof, or by somebody who is signed in
MOST_A_PERSON = 12  # for all addresses that somebody who is signed in asks to have

A_DAY = timedelta(days=1)  # wrong codes are counted over this; the rows are kept as long
TRIES_AN_ADDRESS = 30
TRIES_A_NETWORK = 500
TRIES_OVERALL = 2500
MANY_ADDRESSES = 30  # at so many, with wrong codes and no right one in a day, staff are told


class MailHeld(RuleError):
    """No more mail goes out for now. Its text says what works meanwhile, and until when."""


@dataclass(frozen=True)
class Asking:
    """Who asks for a code to which address."""

    email: str
    network: str
    proof: str = SignIn.Proof.NONE
    person: Person | None = None  # who is signed in, or whom staff speak with


def network_of(visitor_address: str) -> str:
    """A keyed hash of the visitor's network: enough to count how often it asks.

    An IPv6 customer has a /64 at least, and may use any address in it (RFC 6177).
    """
    return hashed(_network(visitor_address))


def _network(visitor_address: str) -> str:
    try:
        address = ipaddress.ip_address(visitor_address)
    except ValueError:
        return visitor_address
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def hashed(text: str) -> str:
    """A keyed hash: worth nothing without our secret."""
    return salted_hmac("sign-in", text, algorithm="sha256").hexdigest()


def check_mail(asking: Asking) -> None:
    """Raise MailHeld where enough mail has gone out for now."""
    for rows, most, words in _limits(asking):
        until = _full_until(rows, most)
        if until:
            raise MailHeld(words.format(until=f"{timezone.localtime(until, LONDON):%H:%M}"))


OWN_WORDS = (
    "We have sent several codes to this address already. Please use the newest one, wait until "
    "{until}, or call us."
)
ADDRESS_WORDS = (
    "We have already sent several codes to this address, so no new one is on its way. If you asked "
    "for one in this browser, use the newest. If not, open the newest email from us on this device "
    "and choose “Get a code of my own”. Or wait until {until}, or call us."
)
NETWORK_WORDS = (
    "Many people near you are signing in, so no new code is on its way. One that you asked for in "
    "this browser before still works. Or wait until {until}, or call us."
)


def _limits(asking: Asking) -> Iterator[tuple[SignInQuerySet, int, str]]:
    """What is counted, how much of it is allowed, and the words where there is no more."""
    since = clock.now() - LIMIT_OVER
    if asking.person:
        mine = SignIn.objects.filter(clock.since("created_at", since), person=asking.person)
        yield mine.filter(email=asking.email), MOST_OF_ONES_OWN, OWN_WORDS
        yield mine, MOST_A_PERSON, OWN_WORDS
        return
    asked = SignIn.objects.asked_since(since).filter(proof=asking.proof)
    here = asked.filter(email=asking.email)
    if asking.proof:
        yield here, MOST_OF_ONES_OWN, OWN_WORDS
        return
    yield here.filter(network=asking.network), MOST_TOGETHER, ADDRESS_WORDS
    yield here, MOST_AN_ADDRESS, ADDRESS_WORDS
    yield asked.filter(network=asking.network), MOST_A_NETWORK, NETWORK_WORDS


def _full_until(rows: SignInQuerySet, most: int) -> datetime | None:
    """When the oldest of the newest `most` no longer counts; None where there are fewer."""
    moments = rows.order_by("-created_at").values_list("created_at", flat=True)
    oldest = moments[most - 1 : most].first()
    return oldest + LIMIT_OVER if oldest else None


def is_link_only(asking: Asking) -> bool:
    """Were so many wrong codes tried that a code to this browser might be one try too many?

    Codes that are out there and may still be tried count as if every try was used.
    """
    if asking.person or asking.proof == SignIn.Proof.LINK:
        return False
    rows = SignIn.objects.asked_since(clock.now() - A_DAY).filter(proof=asking.proof)
    here = Q(email=asking.email, created_at__gt=_lifted_at(asking.email))
    used_up = rows.filter(_may_be_tried() | Q(wrong_codes__gt=0), link_only=False).aggregate(
        here=Sum(_tries(), filter=here, default=0),
        network=Sum(_tries(), filter=Q(network=asking.network), default=0),
        overall=Sum(_tries(), default=0),
    )
    most = {"here": TRIES_AN_ADDRESS, "network": TRIES_A_NETWORK, "overall": TRIES_OVERALL}
    scopes = ["here"] if asking.proof else list(most)
    return any(used_up[scope] + MOST_WRONG_CODES > most[scope] for scope in scopes)


def _may_be_tried() -> Q:
    return Q(created_at__gt=clock.now() - CODE_LASTS, used_at=None)


def _tries() -> Case:
    return Case(
        When(_may_be_tried(), then=Value(MOST_WRONG_CODES)),
        default=F("wrong_codes"),
        output_field=IntegerField(),
    )


def _lifted_at(email: str) -> datetime:
    """When the owner last said, by the link in a mail, that it is they who sign in."""
    mine = SignIn.objects.filter(email=email, proof=SignIn.Proof.LINK)
    lifted = mine.aggregate(at=Max("created_at", output_field=DateTimeField()))["at"]
    return lifted or clock.now() - A_DAY


def is_full_of_wrong_ones(email: str) -> bool:
    """Were so many wrong codes tried for this address that no stranger gets one any more today?"""
    tried = SignIn.objects.asked_since(_lifted_at(email)).filter(email=email)
    wrong = tried.aggregate(wrong=Sum("wrong_codes", default=0))["wrong"]
    return wrong + MOST_WRONG_CODES > TRIES_AN_ADDRESS


def check_person_may_ask(person: Person) -> None:
    """Raise RuleError where so many wrong codes were typed for another address in a day."""
    mine = SignIn.objects.filter(clock.within("created_at", A_DAY), person=person)
    if mine.aggregate(wrong=Sum("wrong_codes", default=0))["wrong"] >= TRIES_AN_ADDRESS:
        raise RuleError("Many wrong codes were typed here. Please try again tomorrow, or call us.")


@dataclass(frozen=True)
class Guesses:
    """What was tried in the last day where the right code never came."""

    addresses: int
    networks: int
    tries: int

    @property
    def are_many(self) -> bool:
        """So many addresses that it is hardly people who mistype?"""
        return self.addresses >= MANY_ADDRESSES


def guesses() -> Guesses:
    """Wrong codes of the last day, without those who typed the right one in the end."""
    rows = SignIn.objects.wrong_since(clock.now() - A_DAY)
    found = rows.aggregate(
        addresses=Count("email", distinct=True),
        networks=Count("network", distinct=True),
        tries=Sum("wrong_codes", default=0),
    )
    return Guesses(**found)
