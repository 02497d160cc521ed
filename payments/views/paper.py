"""Papers to keep or to take along, as PDF/UA."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from payments.forms import OfficialNameForm
from payments.models import Payment
from payments.models.payment_states import PAID
from payments.owing import statements
from payments.views.payments import mine_or_404

MOST = 300  # payments on one letter
FIRST_YEAR = 2000


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


@login_required
@require_safe
def statement(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The statement of one payment that was sent."""
    found = mine_or_404(request, pk)
    if found.state not in PAID:
        raise Http404
    return _pdf(statements.of_payment(found), f"statement-{found.reference}")


@login_required
@require_safe
def tax_year(request: MemberRequest, first: int) -> HttpResponse:
    """Everything that was sent to me in one tax year."""
    if not FIRST_YEAR < first < FIRST_YEAR + 200:
        raise Http404
    return _pdf(statements.of_tax_year(request.user, first), f"payments-{first}-{first + 1}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(OfficialNameForm)
def letter(request: MemberRequest) -> HttpResponse:
    """A letter for a Jobcentre or an adviser, with the name that is asked for and not kept."""
    form = OfficialNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        paid = Payment.objects.visible_to(request.user).filter(state__in=PAID)
        rows = paid.select_related("activity").order_by("happened_on")[:MOST]
        return _pdf(statements.letter(form.cleaned_data["official_name"], rows), "letter")
    return render(request, "payments/letter.html", {"form": form})
