"""What we ask django-allauth to do otherwise."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from collective.models import Person
from collective.people import forgetting_emails
from collective.safety import encryption

# Authenticator secrets, and the seeds of recovery codes.
SECRETS = encryption.Place("mfa.Authenticator", "data")
TOO_MANY = "That was tried too often. Please wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """allauth sends no mail of its own and adds no message of its own to our pages."""

    error_messages = {**DefaultAccountAdapter.error_messages, "too_many_login_attempts": TOO_MANY}

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        pass

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Whoever is shut out because of a death reads what was noted, and can stop it there."""
        asked = user.deletion_requests.open().filter(shuts_out=True).first()
        if asked is None:
            return super().respond_user_inactive(request, user)
        return redirect(forgetting_emails.stop_path(asked))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second-factor secrets are encrypted, like all that no copy of the database may show."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": (
            "That is not the right code. Please type the six digits that your app shows now, or a "
            "recovery code that you have not used yet."
        ),
        "rate_limited": TOO_MANY,
    }

    def encrypt(self, text: str) -> str:
        return SECRETS.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Collective"
