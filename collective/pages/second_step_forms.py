"""django-allauth's forms of the second step, with our field: digits of any script, and our words.

What is no code is said to be none before allauth counts it as a try. `MFA_FORMS` names them.
"""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm

from collective.pages.forms import CodeField
from collective.people import codes

LABEL = "The code from your app, or a recovery code"
ASKED_FOR = {"required": "Enter the six digits that your app shows now, or a recovery code."}


class SecondStepForm(AuthenticateForm):
    """On the way in."""

    code = CodeField(lengths=codes.OF_SECOND_STEP, label=LABEL, error_messages=ASKED_FOR)


class SecondStepAgainForm(ReauthenticateForm):
    """Once more, before what asks for it."""

    code = CodeField(lengths=codes.OF_SECOND_STEP, label=LABEL, error_messages=ASKED_FOR)


class SetUpSecondStepForm(ActivateTOTPForm):
    """The first code of a new app."""

    code = CodeField(
        label="The six digits that your app shows",
        error_messages={"required": "Enter the six digits that your app shows now."},
    )
