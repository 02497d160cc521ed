"""Pages about one person: another email address, joining two records, and inviting staff."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from collective.admin.person_forms import (
    AddressCodeForm,
    FindPersonForm,
    InviteForm,
    NewAddressForm,
    found,
)
from collective.errors import RuleError
from collective.models import Person
from collective.models.sign_in import SignIn
from collective.people import address_changes, email_change, join_requests, record_joins, staff
from collective.people.requests import MemberRequest
from collective.people.sign_in import visitor_address
from collective.templatetags.collective import clock_time, day


def email(admin, request: MemberRequest, person: Person):
    """Add or change the address: first the new one, then the code in it that they read to us.

    It changes in three days, and can be stopped until then; only an empty record gets one at once.
    """
    asked, waiting = email_change.newest(person), address_changes.waiting(person)
    if request.method == "POST" and "stop" in request.POST and waiting:
        return _stop(admin, request, person, waiting)
    form = (
        AddressCodeForm(request.POST)
        if "code" in request.POST and asked
        else NewAddressForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _ask_or_confirm(admin, request, person, asked, form)
        except RuleError as error:
            form.add_error(None, str(error))
    code_form = form if isinstance(form, AddressCodeForm) else AddressCodeForm() if asked else None
    new_form = form if isinstance(form, NewAddressForm) else NewAddressForm()
    return admin.page(
        request,
        "admin/collective/person/email.html",
        "Add or change the email address",
        person=person,
        asked=asked,
        code_form=code_form,
        new_form=new_form,
        waiting=waiting,
        original=person,
    )


def _stop(admin, request: MemberRequest, person: Person, waiting) -> HttpResponseRedirect:
    try:
        address_changes.stop(waiting)
    except RuleError as error:
        messages.error(request, str(error))
    else:
        admin.log_change(request, person, "Stopped a change of the email address")
        messages.success(request, "The address stays as it is.")
    return redirect(request.path)


def _ask_or_confirm(
    admin, request: MemberRequest, person: Person, asked: SignIn | None, form: Form
) -> HttpResponseRedirect:
    if asked and isinstance(form, AddressCodeForm):
        code = form.cleaned_data["code"]
        messages.success(request, _give(admin, request, asked, code))
        return redirect(admin.change_url(person))
    email_change.ask(person, form.cleaned_data["email"], visitor_address(request))
    return redirect(request.path)


def _give(admin, request: MemberRequest, asked: SignIn, code: str) -> str:
    """Whoever is reached by the old address, or another way, hears of it first and may stop it."""
    change = address_changes.give(asked, code, request.user)
    person = email_change.owner_of(asked)
    if change is None:
        admin.log_change(request, person, "Added the email address, with a code sent to it")
        return f"{asked.email} is their address now. They can sign in with it."
    admin.log_change(request, person, "Asked to change the email address, in three days")
    told = "We have written to both." if person.email else "A colleague asks them: see Today."
    return (
        f"On {day(change.due_at)} at {clock_time(change.due_at)} {asked.email} becomes their "
        f"address. {told} Until then nothing of theirs can be seen with it."
    )


def join(admin, request: MemberRequest, person: Person):
    """Find the other record, read what would happen, then join."""
    other = _other(request)
    if other is not None:
        return _join_with(admin, request, person, other)
    form = FindPersonForm(request.POST or None)
    searched = form.is_valid()
    rows = [row for row in found(request, form) if row != person] if searched else []
    return admin.page(
        request,
        "admin/collective/person/join.html",
        "Join with another record",
        person=person,
        form=form,
        found=rows,
        original=person,
        searched=searched,
    )


def _other(request: MemberRequest):
    key = request.POST.get("other") or request.GET.get("other")
    try:
        return Person.objects.known().filter(pk=key).first() if key else None
    except ValidationError:
        return None


def _join_with(admin, request: MemberRequest, person: Person, other):
    if not all(admin.has_change_permission(request, row) for row in (person, other)):
        raise PermissionDenied
    try:
        kept, gone = _kept_and_gone(request, person, other)
        record_joins.check(kept, gone, request.user)
        if request.method == "POST":
            return _join(admin, request, kept, gone)
        standing = join_requests.standing(kept, gone, request.user)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("admin:collective_person_join", person.pk)
    return admin.page(
        request,
        "admin/collective/person/join_preview.html",
        "Join two records: what would happen",
        person=person,
        other=other,
        kept=kept,
        gone=gone,
        standing=standing,
        original=person,
    )


def _kept_and_gone(request: MemberRequest, person: Person, other: Person) -> tuple[Person, Person]:
    """(the record that is kept, the other). Raises RuleError where neither is named, as it must be
    for the act itself.
    """
    is_act = request.method == "POST"
    keep = request.POST.get("keep") if is_act else request.GET.get("keep", str(person.pk))
    if keep not in {str(person.pk), str(other.pk)}:
        raise RuleError("Choose first which of the two records is kept.")
    return (person, other) if keep == str(person.pk) else (other, person)


@transaction.atomic
def _join(admin, request: MemberRequest, kept: Person, gone: Person) -> HttpResponseRedirect:
    """Join them, ask a colleague to look, or say that these are not joined."""
    asked = join_requests.open_request(kept, gone)
    if "decline" in request.POST and asked:
        join_requests.decline(asked, request.user)
        _log(admin, request, kept, gone, "Said no to joining two records")
        messages.success(request, "These two records stay two.")
    elif join_requests.join_or_ask(kept, gone, request.user):
        _log(admin, request, kept, gone, "Joined two records of theirs")
        words = f"The two records are one: {kept}. For three days you can undo it here."
        messages.success(request, words)
    else:
        _log(admin, request, kept, gone, "Asked a colleague to join two records of theirs")
        messages.success(request, "A colleague looks at it too: it stands on Today until then.")
    return redirect(admin.change_url(kept))


def _log(admin, request: MemberRequest, kept: Person, gone: Person, words: str) -> None:
    """Both people read it on their page, should the records be two again."""
    for person in (kept, gone):
        admin.log_change(request, person, words)


def invite(admin, request: MemberRequest):
    """Invite somebody to staff, by email."""
    if not request.user.has_perm("collective.manage_staff"):
        raise PermissionDenied
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = staff.invite(**form.cleaned_data)
        admin.log_change(request, person, "Invited to staff")
        messages.success(
            request,
            f"{person} is invited. They sign in by a code, and set up their second step then.",
        )
        return redirect(reverse("admin:collective_person_changelist") + "?is_staff__exact=1")
    return admin.page(
        request, "admin/collective/person/invite.html", "Invite somebody to staff", form=form
    )
