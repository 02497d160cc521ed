from django import forms

from collective.errors import RuleError
from collective.models import Person
from collective.typed.forms import LineField, LinesField
from payments.admin import record_file
from payments.forms import ChoiceForm, ExpenseForm, PoundsField, set_choices
from payments.models import Expense, Payment, PayoutAttempt, Review
from payments.owing import offering
from payments.owing.expenses import Claim
from payments.sending.hand_payouts import LONGEST_REFERENCE
from payments.sending.hand_records import Line

MOST_BYTES = 1024 * 1024
OFFICE = Review.Verdict.OFFICE


class ByHandPaymentForm(forms.ModelForm):
    """Staff decide that somebody is offered a payment."""

    pounds = PoundsField(
        label="How much, in pounds", required=False, help_text="Empty: for expenses only."
    )

    class Meta:
        model = Payment
        fields = ["person", "activity", "happened_on", "reason_note"]
        labels = {"reason_note": "Why", "happened_on": "On which day"}
        help_texts = {"reason_note": "It stays with the payment, and the person reads it."}

    by: Person  # who decides; the admin sets it

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "reason_note" in self.fields:
            self.fields["reason_note"].required = True

    def clean(self):
        """The rule makes the payment; its refusal stands beside what was typed."""
        if not self.errors and "person" in self.cleaned_data:
            try:
                self.instance = offering.pay_by_hand(self._decision(), self.by)
            except RuleError as error:
                self.add_error(None, str(error))
        return self.cleaned_data

    def _decision(self) -> offering.Decision:
        data = self.cleaned_data
        return offering.Decision(
            data["person"],
            data["activity"],
            data.get("pounds"),
            data["reason_note"],
            data["happened_on"],
        )

    def _post_clean(self) -> None:
        """The row is made already: nothing of the form is written into it."""

    def save(self, commit: bool = True):
        return self.instance

    def save_m2m(self) -> None:
        """There is nothing to many."""


class RecordChoiceForm(ChoiceForm):
    """What somebody said on the phone. It never shows what was chosen before."""

    def __init__(self, *args, payment: Payment, **kwargs) -> None:
        super().__init__(*args, payment=payment, **kwargs)
        self.fields["choice"].label = "What would they like?"


class StaffExpenseForm(ExpenseForm):
    """An expense that staff add for somebody, also before it is spent."""

    is_prepaid = forms.BooleanField(
        label="It is paid before it is spent, so there is no receipt yet", required=False
    )

    def clean(self):
        if self.cleaned_data.get("is_prepaid"):
            return self.cleaned_data
        return super().clean()

    @property
    def claimed(self) -> Claim:
        return {**super().claimed, "is_prepaid": self.cleaned_data["is_prepaid"]}


class DecideExpenseForm(forms.Form):
    ACCEPT, REFUSE = "accept", "refuse"

    decision = forms.ChoiceField(
        label="What do we do?",
        widget=forms.RadioSelect,
        choices=[(ACCEPT, "Pay it back"), (REFUSE, "Do not pay it back")],
    )
    told = LineField(
        label="What the person is told about it",
        required=False,
        max_length=200,
        help_text="Needed if we do not pay it.",
    )
    no_receipt_because = LineField(
        label="Why it is all right without a receipt",
        required=False,
        max_length=200,
        help_text="Only if there is none.",
    )

    def __init__(self, *args, expense: Expense, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if expense.receipt or expense.is_prepaid:
            del self.fields["no_receipt_because"]


class RecordForm(forms.Form):
    """One payment that was made by hand."""

    reference = LineField(label="Our reference", max_length=12, help_text="Like P-7KQ2MX4D.")
    hand_reference = LineField(
        label="The reference of the finance office", max_length=LONGEST_REFERENCE
    )
    voucher_code = LineField(
        label="The voucher's code",
        required=False,
        max_length=120,
        help_text="Only where the person reads it on their own page. It is never sent by email.",
    )


class RecordFileForm(forms.Form):
    """Many of them, as the finance office sends them back."""

    file = forms.FileField(
        label="A CSV file",
        help_text=(
            "The file that you downloaded for the finance office, with the column “Paid with "
            "reference” filled in. First you see what would be recorded."
        ),
    )

    def clean_file(self) -> list[Line]:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("This file is larger than 1 MB.")
        try:
            return record_file.read(file.read())
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error


class RecordedWronglyForm(forms.Form):
    """It was recorded as paid, and nobody has paid it."""

    verdict = forms.ChoiceField(
        label="What is so?",
        widget=forms.RadioSelect,
        choices=[
            (Review.Verdict.OFFICE.value, "The finance office still has it, and will pay it"),
            (
                Review.Verdict.NEVER_LEFT.value,
                "The finance office will not pay it: put it into the next export",
            ),
        ],
    )
    why = LinesField(
        label="How you know",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A colleague reads this and settles it. For example: it was the wrong file.",
    )


class NotPaidForm(forms.Form):
    reference = LineField(label="Our reference", max_length=12)
    why = LineField(label="Why it was not paid", max_length=200)


class HandInsteadForm(forms.Form):
    why = LineField(
        label="Why",
        max_length=200,
        help_text="Whoever approves it reads this: for example that they rang and asked for it.",
    )


class ProposeForm(forms.Form):
    """What one person has seen; another one settles it."""

    verdict = forms.ChoiceField(label="What has become of it?", widget=forms.RadioSelect)
    evidence = LinesField(
        label="What you have seen",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Where, when, and with which reference: for example on the bank's statement.",
    )

    def __init__(self, *args, attempt: PayoutAttempt, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        is_by_hand = attempt.method in Payment.BY_HAND
        choices = [row for row in Review.Verdict.choices if is_by_hand or row[0] != OFFICE]
        set_choices(self, "verdict", choices)


class ExplainForm(forms.Form):
    explanation = LinesField(
        label="What it is",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who sent it, and for what. It stays on record.",
    )
