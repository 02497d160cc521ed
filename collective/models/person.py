import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from collective import clock


class PersonManager(BaseUserManager):
    def create_user(self, email=None, **fields):
        """A person who signs in by code, or, without an email address, takes part through staff."""
        return self.create(email=clean_email(email), **fields)

    def create_superuser(self, email, password=None, **fields):
        """For `manage.py createsuperuser --email … --noinput`: the first member of staff, who signs in by code."""
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=clean_email(email))


def clean_email(email):
    """The one form in which an address is kept and looked for: lower case, or None for none."""
    return (email or "").strip().lower() or None


class Person(AbstractBaseUser, PermissionsMixin):
    """Anybody we know: a member, staff, or somebody who takes part by phone or post and has no email address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("email address", unique=True, null=True, blank=True)
    name = models.CharField("what to call them", max_length=100, blank=True)
    wants_news = models.BooleanField("news by email", default=True)
    wants_reminders = models.BooleanField("reminders by email", default=True)
    is_staff = models.BooleanField(
        "staff",
        default=False,
        help_text="May enter the admin, with a second factor, to do what their groups allow.",
    )
    is_active = models.BooleanField("active", default=True, help_text="Take the tick away to shut somebody out.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_in_lower_case"),
            models.CheckConstraint(condition=~models.Q(email=""), name="person_email_null_rather_than_empty"),
        ]

    def __str__(self):
        return self.name or self.email or "A person without a name"

    def clean(self):
        self.email = clean_email(self.email)

    def save(self, *args, **kwargs):
        """An address in its one form, and never a password: Django takes an empty one for usable."""
        self.email = clean_email(self.email)
        if not self.password:
            self.set_unusable_password()
        super().save(*args, **kwargs)

    def get_full_name(self):
        return str(self)


class DeletionRequest(models.Model):
    """Somebody asked us to delete what we hold about them; we answer within a month (UK GDPR, article 12(3))."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="deletion_requests")
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(done_at=None), name="one_open_deletion_request_each"
            )
        ]

    def __str__(self):
        return f"{self.person} asked on {self.asked_at:%d %b %Y}"
