from django.contrib import admin
from django.urls import reverse

from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.models import Person
from collective.people.requests import MemberRequest
from events.conversations import booking, confidential, outcomes
from events.conversations.admin import conversation_pages
from events.conversations.admin.booking import note_what_was_heard, on_the_phone
from events.models import Conversation
from events.models.conversation import SEES_CONFIDENTIAL
from events.models.conversation_states import OUTCOMES, State


@admin.register(Conversation)
class ConversationAdmin(MadeElsewhere, ActAdmin):
    list_display = ["person", "series", "slot", "how", "state", "capacity"]
    list_filter = ["state", "how", "capacity", "series"]
    list_select_related = ["person", "series", "slot"]
    search_fields = ["person__name", "person__email", "series__title"]
    ordering = ["-slot__starts_at"]
    list_per_page = 50
    change_form_template = "admin/events/conversation/change_form.html"
    pages = {
        "private": conversation_pages.private,
        "answers": conversation_pages.answers,
        "move": conversation_pages.move,
        "capacity": conversation_pages.capacity,
    }
    acts = [
        Act(
            "cancel",
            "Cancel it",
            "The person and the host are told, and others can have the time.",
            "Cancelled the conversation",
            is_on_the_phone=True,
        ),
        Act(
            State.HELD.value,
            "It was held",
            "The fee becomes due, if they take part in a personal capacity.",
            "Noted as held",
        ),
        Act(
            State.MISSED.value,
            "The person did not come",
            "They are told, and can book a new one.",
            "Noted as not come",
        ),
        Act(
            State.HOST_MISSED.value,
            "The host could not",
            "They have first choice of new times; you decide on the payment.",
            "Noted that the host could not",
        ),
        Act(
            State.FAILED.value,
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
    fields = tuple(readonly_fields)

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        may_decide = obj.keeps_right and obj.fee_pence is not None
        decides = may_decide and obj.person_id != request.user.pk
        may = {
            **self._open_marks(obj),
            "cancel": obj.is_upcoming,
            "pay": decides and obj.pay_anyway is not True,
            "not_pay": decides and obj.pay_anyway is not False,
            "forget": request.user.has_perm(SEES_CONFIDENTIAL) and not obj.is_on,
        }
        return [act for act in self.acts if may[act.name]]

    @staticmethod
    def _open_marks(obj: Conversation) -> dict[str, bool]:
        """Which outcomes can be noted, and whether the one that is noted can be taken back."""
        has_begun = obj.is_live and obj.slot.has_started
        marks = {state.value: has_begun and obj.state != state for state in OUTCOMES}
        return {**marks, "undo": has_begun and obj.state != State.BOOKED}

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_conversationseries_board", args=[obj.series_id])

    def hears_it_now(self, obj, act) -> Person | None:
        return on_the_phone(obj.person) if act.name == "cancel" else None

    def after_act(self, request: MemberRequest, obj, act) -> None:
        note_what_was_heard(request, obj)

    def act_cancel(self, request: MemberRequest, conversation: Conversation) -> str:
        booking.cancel(conversation, Conversation.EndedBecause.STAFF)
        return f"{conversation.person} has no conversation then any more."

    def _mark(self, request: MemberRequest, conversation: Conversation, state) -> str:
        outcomes.mark(conversation, state, request.user)
        return f"Noted for {conversation.person}."

    def act_held(self, request: MemberRequest, conversation: Conversation) -> str:
        return self._mark(request, conversation, State.HELD)

    def act_missed(self, request: MemberRequest, conversation: Conversation) -> str:
        return self._mark(request, conversation, State.MISSED)

    def act_host_missed(self, request: MemberRequest, conversation: Conversation) -> str:
        return self._mark(request, conversation, State.HOST_MISSED)

    def act_failed(self, request: MemberRequest, conversation: Conversation) -> str:
        return self._mark(request, conversation, State.FAILED)

    def act_undo(self, request: MemberRequest, conversation: Conversation) -> str:
        return self._mark(request, conversation, State.BOOKED)

    def act_pay(self, request: MemberRequest, conversation: Conversation) -> str:
        outcomes.decide_payment(conversation, True, request.user)
        return "It is paid, if they take part in a personal capacity."

    def act_forget(self, request: MemberRequest, conversation: Conversation) -> str:
        confidential.forget_everything(conversation)
        return f"What {conversation.person} told is removed."

    def act_not_pay(self, request: MemberRequest, conversation: Conversation) -> str:
        outcomes.decide_payment(conversation, False, request.user)
        return "It is not paid. A new conversation is paid as before."
