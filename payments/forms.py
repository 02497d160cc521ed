import re
from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.html import format_html
from django.utils.safestring import SafeString

from collective.safety import pictures
from collective.templatetags.collective import pounds
from payments.models import Expense, Payment, PayoutAccount
from payments.owing import statements

if TYPE_CHECKING:
    from collective.models import Person

Choice = Payment.Choice
AMOUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)
LIKE_THIS = "Enter an amount in pounds, like 12 or 12.50, with a full stop before the pence."
MOST_BYTES = 5 * 1024 * 1024


class PoundsField(forms.DecimalField):
    """An amount as people type it ("12", "12.50", "£12.50"); its value is in pence."""

    def __init__(self, **kwargs) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 10, "autocomplete": "off"})
        messages = dict.fromkeys(
            ("invalid", "min_value", "max_decimal_places", "max_digits"), LIKE_THIS
        )
        messages["max_whole_digits"] = LIKE_THIS
        super().__init__(
            max_digits=8,
            decimal_places=2,
            min_value=Decimal("0.01"),
            widget=widget,
            error_messages={**messages, **kwargs.pop("error_messages", {})},
            **kwargs,
        )

    def to_python(self, value) -> Decimal | None:
        """Commas between thousands are left out; any other comma is refused rather than guessed
        at.
        """
        if not isinstance(value, str) or not value.strip():
            return None
        text = value.strip().removeprefix("£").strip()
        if not AMOUNT.fullmatch(text):
            raise ValidationError(LIKE_THIS, code="invalid")
        return super().to_python(text.replace(",", ""))

    def clean(self, value) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class ChoiceForm(forms.Form):
    """What should become of a payment."""

    choice = forms.ChoiceField(
        label="What would you like?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what you would like. “Not sure yet” is a good answer too."
        },
    )
    smaller = PoundsField(
        label="The smaller amount, in pounds",
        help_text="Only if you chose a smaller amount.",
        required=False,
    )

    def __init__(self, *args, payment: Payment, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        self.fields["choice"].choices = choices_of(payment)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("choice") not in {None, Choice.SMALLER} and cleaned.get("smaller"):
            self.add_error("smaller", "Choose “a smaller amount” above, or leave this empty.")
        if cleaned.get("choice") == Choice.SMALLER and "smaller" not in self.errors:
            pence = cleaned.get("smaller")
            if pence is None or pence >= self.payment.fee_pence:
                self.add_error(
                    "smaller",
                    f"Enter an amount that is less than {pounds(self.payment.fee_pence)}.",
                )
        return cleaned

    @classmethod
    def initial_for(cls, payment: Payment) -> dict[str, str]:
        smaller = f"{payment.taken_pence / 100:.2f}" if payment.choice == Choice.SMALLER else ""
        return {"choice": payment.choice, "smaller": smaller}


def choices_of(payment: Payment) -> list[tuple[str, SafeString]]:
    """Each choice with what it means; giving only where the call has a fund."""
    fund, fee = payment.activity.call.fund_name, pounds(payment.fee_pence)
    rows = [
        (Choice.PAY, f"Pay me {fee}", ""),
        (Choice.SMALLER, "Pay me a smaller amount", "You say how much."),
        (
            Choice.DECLINE,
            "No payment, thank you",
            "Nothing is sent to you, and it is on none of your statements.",
        ),
        (
            Choice.GIVE,
            f"Give it to {fund}",
            "All of it goes there, and it is on none of your statements.",
        ),
        (Choice.NOT_SURE, "Not sure yet", "Take your time, and ask somebody if you like."),
    ]
    html = '<span class="choice__label">{}</span> <span class="choice__hint">{}</span>'
    return [
        (value.value, format_html(html, label, hint))
        for value, label, hint in rows
        if fund or value != Choice.GIVE
    ]


class ByHandForm(forms.Form):
    """Being paid without a bank account."""

    method = forms.ChoiceField(
        label="How would you like to be paid?",
        widget=forms.RadioSelect,
        choices=[row for row in Payment.Method.choices if row[0] in Payment.BY_HAND],
        error_messages={"required": "Choose how you would like to be paid."},
    )
    voucher = forms.CharField(
        label="Which voucher?",
        help_text="Only for a voucher: for which shop.",
        max_length=80,
        required=False,
    )
    deliver = forms.ChoiceField(
        label="How should the voucher come to you?",
        help_text="Only for a voucher. We never send its code by email.",
        widget=forms.RadioSelect,
        required=False,
        choices=[
            (PayoutAccount.Deliver.PAGE.value, "The code on my own page here"),
            (PayoutAccount.Deliver.POST.value, "By post"),
        ],
    )

    def __init__(self, *args, person: "Person", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not person.email:  # nobody signs in for them, so no page of theirs can show a code
            self.fields["deliver"].choices = self.fields["deliver"].choices[1:]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("method") == Payment.Method.VOUCHER:
            if not cleaned.get("voucher"):
                self.add_error("voucher", "Say for which shop the voucher should be.")
            if not cleaned.get("deliver"):
                self.add_error("deliver", "Choose how the voucher should come to you.")
        return cleaned


class ExpenseForm(forms.Form):
    """What taking part cost somebody."""

    kind = forms.ChoiceField(
        label="What was it for?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was for."},
    )
    what = forms.CharField(
        label="In a few words",
        help_text="For example “bus there and back”.",
        max_length=120,
        error_messages={"required": "Say in a few words what it was."},
    )
    amount = PoundsField(
        label="How much, in pounds",
        error_messages={"required": "Enter how much it was, like 12 or 12.50."},
    )
    receipt = forms.FileField(
        label="A receipt",
        required=False,
        help_text="A photo or a PDF, up to 5 MB. A ticket or a screenshot is fine.",
    )
    no_receipt_because = forms.CharField(
        label="If you have no receipt: why?",
        max_length=200,
        required=False,
        help_text="That happens. We look at it together.",
    )

    def __init__(self, *args, limits, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind, f"{Expense.Kind(kind).label} (up to {pounds(most)})")
            for kind, most in limits.items()
        ]

    def clean_receipt(self):
        file = self.cleaned_data["receipt"]
        return file and safe_receipt(file)

    def clean(self):
        cleaned = super().clean()
        if (
            "receipt" not in self.errors
            and not cleaned.get("receipt")
            and not cleaned.get("no_receipt_because")
        ):
            self.add_error("receipt", "Add a receipt, or say why there is none.")
        return cleaned

    @property
    def answers(self):
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "what": data["what"],
            "amount_pence": data["amount"],
            "receipt": data["receipt"] or "",
            "no_receipt_because": data["no_receipt_because"],
        }


def safe_receipt(file):
    """The file as we keep it: a picture written anew, or a PDF that is only ever a download.

    Raises ValidationError.
    """
    if file.size > MOST_BYTES:
        raise ValidationError("This file is larger than 5 MB. A photo with fewer pixels is fine.")
    head = file.read(5)
    file.seek(0)
    if head == b"%PDF-":
        return ContentFile(file.read(), name="receipt.pdf")
    try:
        smaller, *_ = pictures.shrink(file, longest=1600)
    except pictures.NotAPicture as error:
        raise ValidationError(
            "We cannot read this file. A photo (JPEG, PNG, WebP) or a PDF works."
        ) from error
    return ContentFile(smaller.read(), name="receipt.webp")


class OfficialNameForm(forms.Form):
    """Whose name a letter carries. It is not kept."""

    official_name = forms.CharField(
        label="Your name as the Jobcentre or adviser knows it",
        max_length=120,
        help_text="It goes on the letter, and we do not keep it.",
        error_messages={"required": "Enter the name that the letter should carry."},
    )

    def clean_official_name(self):
        name = self.cleaned_data["official_name"]
        if lacking := statements.lacking(name):
            raise ValidationError(
                f"Our letters cannot print {lacking} yet. Write the name in other letters, or "
                "call us."
            )
        return name
