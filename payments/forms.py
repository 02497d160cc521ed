import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.safestring import SafeString

from collective.models import Person
from collective.pages.choices import choice_with_hint
from collective.safety import pictures
from collective.templatetags.collective import pounds
from collective.typed.forms import LineField
from payments.models import Expense, Payment, PayoutAccount
from payments.owing import choices, statements
from payments.owing.expenses import Claim
from payments.sending.payout_accounts import ByHand

Choice = Payment.Choice
AMOUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)
LIKE_THIS = "Enter an amount in pounds, like 12 or 12.50, with a full stop before the pence."
MOST_BYTES = 15 * pictures.MEGABYTE  # what a phone makes
RECEIPTS = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif,application/pdf"
ON_THEIR_PAGE = (PayoutAccount.Deliver.PAGE.value, "The code on my own page here")
BY_POST = (PayoutAccount.Deliver.POST.value, "By post")


class PoundsField(forms.DecimalField):
    """An amount as people type it ("12", "12.50", "£12.50"); its value is in pence."""

    def __init__(self, **kwargs: Any) -> None:
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

    def clean(self, value: Any) -> int | None:
        """The amount in pence; raises ValidationError.

        Commas between thousands are left out; any other comma is refused, not guessed at.
        """
        text = value.strip().removeprefix("£").strip() if isinstance(value, str) else ""
        if text and not AMOUNT.fullmatch(text):
            raise ValidationError(LIKE_THIS, code="invalid")
        amount = super().clean(text.replace(",", ""))
        return None if amount is None else int(amount * 100)


# What the page calls each, before it knows of which payment.
CHOICES: dict[str, str] = {
    Choice.PAY: "Pay me",
    Choice.SMALLER: "Pay me a smaller amount",
    Choice.DECLINE: "No payment, thank you",
    Choice.GIVE: "Give it to the fund",
    Choice.NOT_SURE: "Not sure yet",
}


class ChoiceForm(forms.Form):
    """What should become of a payment."""

    needed_at_times = ("smaller",)
    choice_words: ClassVar = {"choice": CHOICES}

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

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payment = payment
        set_choices(self, "choice", choices_of(payment))

    def clean(self) -> dict[str, Any]:
        choice, smaller = self.cleaned_data.get("choice"), self.cleaned_data.get("smaller")
        fee = self.payment.fee_pence or 0
        if choice != Choice.SMALLER:
            if choice and smaller and smaller != self._smaller_before:
                self.add_error("smaller", "Choose “a smaller amount” above, or leave this empty.")
        elif "smaller" not in self.errors and (smaller is None or smaller >= fee):
            self.add_error("smaller", f"Enter an amount that is less than {pounds(fee)}.")
        return self.cleaned_data

    @property
    def _smaller_before(self) -> int | None:
        """The amount that stands in the box from before: nobody typed it now, or sees it."""
        payment = self.payment
        return payment.taken_pence if payment.choice == Choice.SMALLER else None

    def save(self, by: Person) -> None:
        """Note what they would like. Raises RuleError."""
        choice, smaller = self.cleaned_data["choice"], self.cleaned_data["smaller"]
        taken = smaller if choice == Choice.SMALLER else None
        choices.choose(self.payment.pk, choice, by, taken_pence=taken)

    @classmethod
    def initial_for(cls, payment: Payment) -> dict[str, str]:
        smaller = f"{payment.taken_pence / 100:.2f}" if payment.choice == Choice.SMALLER else ""
        return {"choice": payment.choice, "smaller": smaller}


def choices_of(payment: Payment) -> list[tuple[str, SafeString]]:
    """Each choice with what it means; giving only where the call has a fund."""
    fund, fee = payment.activity.call.fund_name, pounds(payment.fee_pence or 0)
    rows = [
        (Choice.PAY, f"{CHOICES[Choice.PAY]} {fee}", ""),
        (Choice.SMALLER, CHOICES[Choice.SMALLER], "You say how much."),
        (
            Choice.DECLINE,
            CHOICES[Choice.DECLINE],
            "We send you no fee, and it is on none of your statements.",
        ),
        (
            Choice.GIVE,
            f"Give it to {fund}",
            "All of it goes there, and it is on none of your statements.",
        ),
        (
            Choice.NOT_SURE,
            CHOICES[Choice.NOT_SURE],
            "Take your time, and ask somebody if you like.",
        ),
    ]
    return [
        (value.value, choice_with_hint(label, hint))
        for value, label, hint in rows
        if fund or value != Choice.GIVE
    ]


def set_choices(form: forms.Form, name: str, rows: list[tuple[str, Any]]) -> None:
    """Let this field of the form offer these choices: (value, label)."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = rows


class ByHandForm(forms.Form):
    """Being paid without a bank account."""

    needed_at_times = ("voucher", "deliver")

    method = forms.ChoiceField(
        label="How would you like to be paid?",
        widget=forms.RadioSelect,
        choices=[(method.value, method.label) for method in Payment.BY_HAND],
        error_messages={"required": "Choose how you would like to be paid."},
    )
    voucher = LineField(
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
        choices=[ON_THEIR_PAGE, BY_POST],
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not person.email:  # nobody signs in for them, so no page of theirs can show a code
            set_choices(self, "deliver", [BY_POST])

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("method") == Payment.Method.VOUCHER:
            if not self.cleaned_data.get("voucher"):
                self.add_error("voucher", "Say for which shop the voucher should be.")
            if not self.cleaned_data.get("deliver"):
                self.add_error("deliver", "Choose how the voucher should come to you.")
        return self.cleaned_data

    @property
    def wish(self) -> ByHand:
        return ByHand(**self.cleaned_data)


class ExpenseForm(forms.Form):
    """What taking part cost somebody."""

    needed_at_times = ("receipt", "no_receipt_because")
    choice_words: ClassVar = {"kind": dict(Expense.Kind.choices)}

    kind = forms.ChoiceField(
        label="What was it for?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was for."},
    )
    what = LineField(
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
        widget=forms.FileInput(attrs={"accept": RECEIPTS}),
        help_text="A photo or a PDF, up to 15 MB. A ticket or a screenshot is fine.",
    )
    no_receipt_because = LineField(
        label="If you have no receipt: why?",
        max_length=200,
        required=False,
        help_text="That happens. We look at it together.",
    )

    def __init__(self, *args: Any, limits: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (kind, f"{Expense.Kind(kind).label} (up to {pounds(most)})")
            for kind, most in limits.items()
        ]
        set_choices(self, "kind", kinds)

    def clean_receipt(self) -> ContentFile | None:
        file = self.cleaned_data["receipt"]
        return safe_receipt(file) if file else None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        has_reason = data.get("receipt") or data.get("no_receipt_because")
        if "receipt" not in self.errors and not has_reason:
            self.add_error("receipt", "Add a receipt, or say why there is none.")
        return data

    @property
    def claimed(self) -> Claim:
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "what": data["what"],
            "amount_pence": data["amount"],
            "receipt": data["receipt"] or "",
            "no_receipt_because": data["no_receipt_because"],
        }


def safe_receipt(file: UploadedFile) -> ContentFile:
    """The file as we keep it: a picture written anew, or a PDF that is only ever a download.

    Raises ValidationError.
    """
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(pictures.too_large(file, MOST_BYTES))
    head = file.read(5)
    file.seek(0)
    if head == b"%PDF-":
        return ContentFile(file.read(), name="receipt.pdf")
    try:
        smaller, *_ = pictures.shrink(file, longest=1600, most_bytes=MOST_BYTES)
    except pictures.UnknownKind as error:
        raise ValidationError(
            f"This is neither a photo that we can read nor a PDF. Of photos {pictures.TAKES}."
        ) from error
    except pictures.NotAPicture as error:
        raise ValidationError(str(error)) from error
    return ContentFile(smaller.read(), name="receipt.webp")


class OfficialNameForm(forms.Form):
    """Whose name a letter carries. It is not kept."""

    official_name = LineField(
        label="Your name as the Jobcentre or adviser knows it",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="It goes on the letter, and we do not keep it.",
        error_messages={"required": "Enter the name that the letter should carry."},
    )

    def clean_official_name(self) -> str:
        name = self.cleaned_data["official_name"]
        if lacking := statements.lacking(name):
            raise ValidationError(
                f"Our letters cannot print {lacking} yet. Write the name in other letters, or "
                "call us."
            )
        return name
