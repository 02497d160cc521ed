from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.models.person import Person
from events.conversations import booking, confidential, first_choice, outcomes
from events.conversations.admin.booking import heard, on_the_phone
from events.conversations.admin.forms import MoveForForm
from events.conversations.forms import AnswersOfBookingForm
from events.conversations.host_forms import OfferForm
from events.forms import CapacityForm
from events.models import Conversation, TimeRequest
from events.models.conversation import PRIVATE

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest

State = Conversation.State
FORM = "admin/events/conversation/form.html"


def _needs_confidence(request: "MemberRequest") -> None:
    if not request.user.has_perm("events.view_confidential"):
        raise PermissionDenied


def private(admin_: ModelAdmin, request: "MemberRequest", conversation: Conversation):
    """Number, topics and what helps: only with the permission, and each look is on record for the
    person.
    """
    _needs_confidence(request)
    admin_.log_change(request, conversation, confidential.LOOKED)
    return admin_.page(
        request,
        "admin/events/conversation/private.html",
        "What they told us",
        conversation=conversation,
        original=conversation,
    )


def answers(admin_: ModelAdmin, request: "MemberRequest", conversation: Conversation):
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
            booking.change_answers(conversation, **form.answers)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            heard(request, conversation)
            return _done(admin_, request, conversation, "Corrected the answers")
    return _form(
        admin_,
        request,
        conversation,
        form,
        "Correct the answers",
        "Save",
        hears_it_now=on_the_phone(conversation.person),
    )


def move(admin_: ModelAdmin, request: "MemberRequest", conversation: Conversation):
    """Another time, for somebody who rang up: the new one is taken before the old one is given
    back.
    """
    form = MoveForForm(request.POST or None, conversation=conversation)
    if request.method == "POST" and form.is_valid():
        try:
            booking.move(conversation, form.slot, by_staff=True)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            heard(request, conversation)
            return _done(admin_, request, conversation, "Moved to another time")
    return _form(
        admin_,
        request,
        conversation,
        form,
        "Move to another time",
        "Move",
        hears_it_now=on_the_phone(conversation.person),
    )


def capacity(admin_: ModelAdmin, request: "MemberRequest", conversation: Conversation):
    """In which capacity they take part, as they say it; the payment follows until it is
    approved.
    """
    form = CapacityForm(request.POST or None, session=conversation.series)
    if request.method == "POST" and form.is_valid():
        try:
            outcomes.correct_capacity(conversation, form.cleaned_data["capacity"], request.user)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            return _done(
                admin_, request, conversation, "Corrected in which capacity they take part"
            )
    return _form(admin_, request, conversation, form, "In which capacity", "Save")


def _form(
    admin_: ModelAdmin,
    request: "MemberRequest",
    conversation: Conversation,
    form: Form,
    title: str,
    button: str,
    **more,
):
    return admin_.page(
        request,
        FORM,
        title,
        conversation=conversation,
        form=form,
        button=button,
        original=conversation,
        **more,
    )


def _done(
    admin_: ModelAdmin, request: "MemberRequest", conversation: Conversation, words: str
) -> HttpResponseRedirect:
    admin_.log_change(request, conversation, words)
    messages.success(request, f"{conversation.person}: {words[0].lower()}{words[1:]}.")
    return redirect(admin_.change_url(conversation))


@admin.register(Conversation)
class ConversationAdmin(MadeElsewhere, ActAdmin):
    list_display = ["person", "series", "slot", "how", "state", "capacity"]
    list_filter = ["state", "how", "capacity", "series"]
    list_select_related = ["person", "series", "slot"]
    search_fields = ["person__name", "person__email", "series__title"]
    ordering = ["-slot__starts_at"]
    list_per_page = 50
    view_on_site = False  # the page is the person's own
    private_fields = tuple(PRIVATE)
    change_form_template = "admin/events/conversation/change_form.html"
    pages = {"private": private, "answers": answers, "move": move, "capacity": capacity}
    acts = [
        Act(
            "cancel",
            "Cancel it",
            "The person and the host are told, and others can have the time.",
            "Cancelled the conversation",
            is_on_the_phone=True,
        ),
        Act(
            "held",
            "It was held",
            "The fee becomes due, if they take part in a personal capacity.",
            "Noted as held",
        ),
        Act(
            "missed",
            "The person did not come",
            "They are told, and can book a new one.",
            "Noted as not come",
        ),
        Act(
            "host_missed",
            "The host could not",
            "They have first choice of new times; you decide on the payment.",
            "Noted that the host could not",
        ),
        Act(
            "failed",
            "The connection failed",
            "They have first choice of new times; you decide on the payment.",
            "Noted that the connection failed",
        ),
        Act(
            "undo",
            "Take it back: nothing is noted",
            "It waits again for somebody to note what became of it.",
            "Took back what was noted",
        ),
        Act(
            "pay",
            "Pay it all the same",
            "The fee becomes due, although it was not held.",
            "Decided to pay it",
        ),
        Act(
            "forget",
            "Remove what was told, and the note",
            "The person has asked for it. Number, topics, needs, the "
            "host's note and what was noted of passing it on are removed for good.",
            "Removed what was told",
        ),
        Act(
            "not_pay",
            "Do not pay this one",
            "A new conversation is paid as before.",
            "Decided not to pay it",
        ),
    ]
    readonly_fields = [
        "person",
        "series",
        "slot",
        "state",
        "how",
        "who_rings",
        "capacity",
        "fee_pence",
        "ended_because",
        "ended_reason",
        "pay_anyway",
        "removed_at",
        "note_removed_at",
        "created_at",
    ]
    fields = readonly_fields

    def open_acts(self, request: "MemberRequest", obj) -> list[Act]:
        begun = obj.is_live and obj.slot.has_started
        decides = obj.keeps_right and obj.fee_pence is not None and obj.person_id != request.user.pk
        may = {
            "cancel": obj.is_upcoming,
            "undo": begun and obj.state != State.BOOKED,
            "pay": decides and obj.pay_anyway is not True,
            "not_pay": decides and obj.pay_anyway is not False,
        }
        may["forget"] = request.user.has_perm("events.view_confidential") and not obj.is_on
        marks = {
            state: begun and obj.state != state
            for state in ("held", "missed", "host_missed", "failed")
        }
        return [act for act in self.acts if {**may, **marks}[act.name]]

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_conversationseries_board", args=[obj.series_id])

    def hears_it_now(self, obj, act) -> Person | None:
        return on_the_phone(obj.person) if act.name == "cancel" else None

    def after_act(self, request: "MemberRequest", obj, act) -> None:
        heard(request, obj)

    def act_cancel(self, request: "MemberRequest", conversation: Conversation) -> str:
        booking.cancel(conversation, Conversation.EndedBecause.STAFF)
        return f"{conversation.person} has no conversation then any more."

    def _mark(self, request: "MemberRequest", conversation: Conversation, state) -> str:
        outcomes.mark(conversation, state, request.user)
        return f"Noted for {conversation.person}."

    def act_held(self, request: "MemberRequest", conversation: Conversation) -> str:
        return self._mark(request, conversation, State.HELD)

    def act_missed(self, request: "MemberRequest", conversation: Conversation) -> str:
        return self._mark(request, conversation, State.MISSED)

    def act_host_missed(self, request: "MemberRequest", conversation: Conversation) -> str:
        return self._mark(request, conversation, State.HOST_MISSED)

    def act_failed(self, request: "MemberRequest", conversation: Conversation) -> str:
        return self._mark(request, conversation, State.FAILED)

    def act_undo(self, request: "MemberRequest", conversation: Conversation) -> str:
        return self._mark(request, conversation, State.BOOKED)

    def act_pay(self, request: "MemberRequest", conversation: Conversation) -> str:
        outcomes.decide_payment(conversation, True, request.user)
        return "It is paid, if they take part in a personal capacity."

    def act_forget(self, request: "MemberRequest", conversation: Conversation) -> str:
        confidential.forget_everything(conversation)
        return f"What {conversation.person} told is removed."

    def act_not_pay(self, request: "MemberRequest", conversation: Conversation) -> str:
        outcomes.decide_payment(conversation, False, request.user)
        return "It is not paid. A new conversation is paid as before."


def offer(admin_: ModelAdmin, request: "MemberRequest", asked):
    """Keep a time for somebody for whom none of the free ones works."""
    if request.method != "POST":
        admin_.log_change(request, asked, "Looked at what would work")
    free = asked.series.slots.free_to(asked.person, by_staff=True).order_by("starts_at")[:60]
    form = OfferForm(request.POST or None, slots=free)
    if request.method == "POST" and form.is_valid():
        try:
            slot = first_choice.offer(asked, **form.answer)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, asked, "Offered a time")
            messages.success(request, f"{slot} is kept for {asked.person}, and we tell them.")
            return redirect(admin_.back_from_act(asked))
    return admin_.page(
        request,
        "admin/events/timerequest/offer.html",
        "Offer a time",
        asked=asked,
        form=form,
        original=asked,
    )


@admin.register(TimeRequest)
class TimeRequestAdmin(MadeElsewhere, ActAdmin):
    list_display = ["person", "series", "asked_at", "offered_at", "settled_at"]
    list_filter = ["series", "settled_at"]
    list_select_related = ["person", "series"]
    search_fields = ["person__name", "person__email"]
    private_fields = ("wish",)
    view_on_site = False
    readonly_fields = [
        "person",
        "series",
        "what_would_work",
        "asked_at",
        "offered_at",
        "settled_at",
    ]
    fields = readonly_fields
    change_form_template = "admin/events/timerequest/change_form.html"
    pages = {"offer": offer}
    acts = [
        Act("settle", "Answered in another way", "It leaves the lists.", "Answered in another way")
    ]

    def open_acts(self, request: "MemberRequest", obj) -> list[Act]:
        return self.acts if obj.settled_at is None else []

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_conversationseries_board", args=[obj.series_id])

    def act_settle(self, request: "MemberRequest", asked) -> str:
        first_choice.withdraw(asked)
        return "Noted as answered."

    def render_change_form(
        self, request: "MemberRequest", context, *args, obj=None, **kwargs
    ) -> HttpResponse:
        """Each look at what somebody wrote is on record."""
        if obj:
            self.log_change(request, obj, "Looked at what would work")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description="What would work")
    def what_would_work(self, asked):
        return asked.wish
