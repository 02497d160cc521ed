"""What staff do with one conversation on a page of its own: look, correct, move."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from collective.admin.acts import ActAdmin
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.conversations import booking, confidential, outcomes, ways_to_talk
from events.conversations.admin.booking import note_what_was_heard, on_the_phone
from events.conversations.admin.forms import MoveForForm
from events.conversations.forms import AnswersOfBookingForm
from events.forms import CapacityForm
from events.models import Conversation
from events.models.conversation import SEES_CONFIDENTIAL
from payments.owing import offered


def private(admin_: ActAdmin, request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Number, topics and what helps: with the permission, and on record for the person."""
    _needs_confidence(request)
    admin_.log_change(request, conversation, confidential.LOOKED)
    return admin_.page(
        request,
        "admin/events/conversation/private.html",
        "What they told us",
        conversation=conversation,
        original=conversation,
    )


def _needs_confidence(request: MemberRequest) -> None:
    if not request.user.has_perm(SEES_CONFIDENTIAL):
        raise PermissionDenied


def answers(admin_: ActAdmin, request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Correct what the person answered, with them.

    It shows what they told, so it is on record like a look.
    """
    _needs_confidence(request)
    sent = request.POST if request.method == "POST" else None
    form = AnswersOfBookingForm(
        sent, series=conversation.series, initial=AnswersOfBookingForm.initial_for(conversation)
    )
    if sent is None:
        admin_.log_change(request, conversation, confidential.LOOKED)
    elif form.is_valid():
        try:
            ways_to_talk.change_answers(conversation, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            note_what_was_heard(request, conversation)
            return _done(admin_, request, conversation, "Corrected the answers")
    told = on_the_phone(conversation.person)
    return _page(
        admin_, request, conversation, form, title="Correct the answers", hears_it_now=told
    )


def move(admin_: ActAdmin, request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Another time, for somebody who rang up.

    The new one is taken before the old one is given back.
    """
    form = MoveForForm(request.POST or None, conversation=conversation)
    if request.method == "POST" and form.is_valid():
        try:
            booking.move(conversation, form.slot, by_staff=True)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            note_what_was_heard(request, conversation)
            return _done(admin_, request, conversation, "Moved to another time")
    told = on_the_phone(conversation.person)
    return _page(
        admin_,
        request,
        conversation,
        form,
        title="Move to another time",
        button="Move",
        hears_it_now=told,
    )


def capacity(admin_: ActAdmin, request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """In which capacity they take part, as they say it; until the payment is approved."""
    form = CapacityForm(request.POST or None, offer=offered.of(conversation))
    if request.method == "POST" and form.is_valid():
        try:
            outcomes.correct_capacity(conversation, form.cleaned_data["capacity"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            words = "Corrected in which capacity they take part"
            return _done(admin_, request, conversation, words)
    return _page(admin_, request, conversation, form, title="In which capacity")


def _page(
    admin_: ActAdmin, request: MemberRequest, conversation: Conversation, form: Form, **more
) -> HttpResponse:
    """A form, under a title."""
    return admin_.page(
        request,
        "admin/events/conversation/form.html",
        conversation=conversation,
        form=form,
        original=conversation,
        **{"button": "Save", **more},
    )


def _done(
    admin_: ActAdmin, request: MemberRequest, conversation: Conversation, words: str
) -> HttpResponse:
    admin_.log_change(request, conversation, words)
    messages.success(request, f"{conversation.person}: {words[0].lower()}{words[1:]}.")
    return redirect(admin_.change_url(conversation))
