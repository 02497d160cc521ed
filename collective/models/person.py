import uuid
from functools import cache
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.contrib.auth.models import (
    AbstractBaseUser,
    AnonymousUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q

from collective import clock
from collective.clock import LONDON
from collective.people import phones
from collective.safety import emptied
from collective.safety.encryption import EncryptedJSONField
from collective.typed import addresses, signs
from collective.typed.addresses import clean_email
from collective.typed.fields import AddressField, LineField

ONE_ADDRESS_EACH = "one_person_an_address"  # the constraint that keeps it


@cache
def available_time_zones() -> frozenset[str]:
    """The names that the server's time-zone data knows."""
    return frozenset(available_timezones())


class PersonQuerySet(models.QuerySet["Person"]):
    def known(self) -> Self:
        """Without the empty records: joined into another, or forgotten."""
        return self.filter(joined_into=None, forgotten_at=None)

    def found_by(self, text: str) -> Self:
        """Those whose name or address holds the text, or whose phone number is exactly this."""
        if number := phones.read(text):
            return self.filter(phone_hash=phones.keyed_hash(number))
        address = addresses.as_looked_for(text)
        by_address = Q(email__icontains=address) | Q(contact_email__icontains=address)
        return self.filter(Q(name__icontains=text) | by_address)


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str | None = None, **fields: Any) -> "Person":
        """A person who signs in by code, or, without an email address, takes part through staff."""
        return self.create(email=clean_email(email), **fields)

    def create_superuser(self, email: str, password: None = None, **fields: Any) -> "Person":
        """The first member of staff, for `manage.py createsuperuser --email … --noinput`."""
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "Person":
        """The person who signs in with this address. Raises Person.DoesNotExist."""
        return self.get(email=email)


@pghistory.track(
    fields=["reach_by", "wants_news", "wants_reminders", "is_active", "is_staff", "is_superuser"],
    model_name="PersonEvent",
)
class Person(AbstractBaseUser, PermissionsMixin):
    """Anybody we know: a member, staff, or somebody who takes part by phone or post only.

    Phone number and postal address are encrypted, in no history and in no list.
    """

    class ReachBy(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Phone"
        POST = "post", "Post"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField("email address", null=True, blank=True)
    name = LineField("what to call them", max_length=100, blank=True)
    contact_email = AddressField(
        "shared email address",
        blank=True,
        default="",
        db_default="",
        help_text=(
            "Somebody else's address, where their messages may go too. Nobody signs in as them "
            "with it."
        ),
    )
    phone = EncryptedJSONField(null=True, blank=True)
    phone_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False, db_index=True
    )
    postal_address = EncryptedJSONField(null=True, blank=True)
    reach_by = models.CharField(
        "tell them things by",
        max_length=5,
        choices=ReachBy,
        default=ReachBy.EMAIL,
        db_default="email",
    )
    joined_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="joined_records"
    )
    time_zone = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Like Europe/Paris. Empty: the UK's.",
    )
    wants_news = models.BooleanField("news by email", default=True)
    wants_reminders = models.BooleanField("reminders by email", default=True)
    wants_staff_mail = models.BooleanField("the daily staff email", default=True, db_default=True)
    is_staff = models.BooleanField(
        "staff",
        default=False,
        help_text="May enter the admin, with a second factor, to do what their groups allow.",
    )
    is_active = models.BooleanField(
        "active", default=True, help_text="Take the tick away to shut somebody out."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PersonManager.from_queryset(PersonQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "email"]
        permissions = [
            ("view_contact_details", "Can see phone numbers and postal addresses"),
            ("print_held", "Can print everything that we hold about somebody, for them"),
            ("manage_staff", "Can invite staff, reset a second step, and let staff leave"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name=ONE_ADDRESS_EACH,
                violation_error_message="There is a person with this address already.",
            ),
            models.CheckConstraint(
                condition=models.Q(email__regex=addresses.NORMAL_FORM),
                name="person_email_in_normal_form",
            ),
            models.CheckConstraint(
                condition=models.Q(contact_email__regex=f"{addresses.NORMAL_FORM}|^$"),
                name="person_contact_email_in_normal_form",
            ),
            models.CheckConstraint(
                condition=~models.Q(email=""), name="person_email_null_rather_than_empty"
            ),
            models.CheckConstraint(
                condition=Q(phone=None, phone_hash="") | Q(phone__isnull=False) & ~Q(phone_hash=""),
                name="person_phone_with_its_hash",
            ),
            models.CheckConstraint(
                condition=~Q(reach_by="email")
                | Q(email__isnull=False)
                | Q(joined_into__isnull=False)
                | ~Q(contact_email=""),
                name="person_told_by_email_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None)
                | Q(
                    name="",
                    email=None,
                    contact_email="",
                    phone=None,
                    postal_address=None,
                    is_active=False,
                ),
                name="person_forgotten_is_empty",
            ),
        ]
        triggers = [emptied.refused("joined_into")]

    def __str__(self) -> str:
        if self.forgotten_at:
            return "Somebody who has left"
        return signs.isolated(self.name) or self.email or "A person without a name"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep addresses in their one form, and no password: Django takes an empty one for good.

        Raises RuleError for what is no address.
        """
        self.email = clean_email(self.email)
        self.contact_email = clean_email(self.contact_email) or ""
        self.phone_hash = phones.keyed_hash(self.phone)
        by_email = self.reach_by == self.ReachBy.EMAIL
        if by_email and not self.mail_address and not self.joined_into_id:
            self.reach_by = self.ReachBy.PHONE
        if not self.password:
            self.set_unusable_password()
        super().save(*args, **kwargs)

    @property
    def mail_address(self) -> str:
        """Where their mail goes: their own address, or the one they share; "" for neither."""
        return self.email or self.contact_email

    @property
    def protected_at(self) -> str:
        """The address at which they hear what protects them; "" where staff tell them that too."""
        return self.email or ("" if self.is_told_by_hand else self.contact_email)

    @property
    def addresses(self) -> list[str]:
        """Every email address that the record has: their own, and one that they share."""
        return list(dict.fromkeys(filter(None, [self.email, self.contact_email])))

    @property
    def is_told_by_hand(self) -> bool:
        """Do staff ring or write to them, instead of our mail server?"""
        return self.reach_by != self.ReachBy.EMAIL

    @property
    def channel_by_hand(self) -> "Person.ReachBy":
        """How staff tell them something: by phone, or by post where there is only an address."""
        return self.ReachBy.POST if self.postal_address and not self.phone else self.ReachBy.PHONE

    @property
    def told_apart(self) -> str:
        """For staff: the name and what tells them apart, for where no markup can stand."""
        return f"{self} ({self.told_apart_by})"

    @property
    def told_apart_by(self) -> str:
        """What tells them from somebody of the same name: an address or a way to reach them, since
        when we know them.

        For staff only. Three digits of a phone number are what somebody on the phone can confirm.
        """
        since = f"known since {self.created_at.astimezone(LONDON):%B %Y}"
        return f"{self._reached_at}, {since}"

    @property
    def _reached_at(self) -> str:
        if self.email:
            return self.email
        if self.contact_email:
            return f"shares {self.contact_email}"
        if self.phone:
            return f"told by phone, ends in {self.phone[-3:]}"
        return f"told by {self.get_reach_by_display().lower()}"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which they read times: the UK's, or one that they chose."""
        return ZoneInfo(self.time_zone) if self.time_zone in available_time_zones() else LONDON

    @property
    def phone_as_written(self) -> str:
        return phones.written(self.phone)

    @property
    def record(self) -> "Person":
        """This record, or the one that it was joined into; not locked."""
        return self.joined_into.record if self.joined_into else self

    def stands_for(self, owner_id: UUID) -> bool:
        """Is this the person of that key, or a record of theirs that was joined into it?"""
        return owner_id in {self.pk, self.joined_into_id}

    def sign_out_everywhere(self) -> None:
        """End every session of theirs at once: each holds a hash of this unusable password."""
        self.set_unusable_password()
        self.save(update_fields=["password"])
        self.browser_sessions.all().delete()

    def get_full_name(self) -> str:
        return str(self)


class InGroup(Person.groups.through):  # type: ignore[name-defined]  # made by Django
    """Somebody in a group of staff: Django's own table, with our trigger."""

    class Meta:
        proxy = True
        triggers = [emptied.refused_once_forgotten()]


class MayDo(Person.user_permissions.through):  # type: ignore[name-defined]  # made by Django
    """A permission of one member of staff: Django's own table, with our trigger."""

    class Meta:
        proxy = True
        triggers = [emptied.refused_once_forgotten()]


Visitor = Person | AnonymousUser  # anybody who asks for a page
