from typing import Any

from django import forms

from collective.models import Person
from events.conversations.forms import BookingForm, set_choices
from events.models import Conversation, ConversationSeries, Slot
from events.models.slot import SlotQuerySet
from events.templatetags.events import when_for

MOST_TO_CHOOSE = 200


class SlotForm(forms.Form):
    """A form with a free time to choose, in the person's words for it."""

    slot_key = forms.ChoiceField(label="When", error_messages={"required": "Choose a time."})

    def offer_slots(self, free: SlotQuerySet, person: Person) -> None:
        self.slots = {str(slot.pk): slot for slot in free.order_by("starts_at")[:MOST_TO_CHOOSE]}
        rows = [(key, when_for(slot, person)) for key, slot in self.slots.items()]
        set_choices(self, "slot_key", [("", "Choose a time"), *rows])

    @property
    def slot(self) -> Slot:
        return self.slots[self.cleaned_data["slot_key"]]


class BookForForm(SlotForm, BookingForm):
    """A time, and what the booking form asks."""

    field_order = ["slot_key", *BookingForm.field_order]

    def __init__(
        self, *args: Any, series: ConversationSeries, person: Person, **kwargs: Any
    ) -> None:
        super().__init__(*args, series=series, **kwargs)
        self.offer_slots(series.slots.free_to(person, by_staff=True), person)


class MoveForForm(SlotForm):
    def __init__(self, *args: Any, conversation: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot_key"].label = "New time"
        self.offer_slots(conversation.other_times(by_staff=True), conversation.person)
