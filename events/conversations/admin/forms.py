from typing import TYPE_CHECKING

from django import forms

from events.conversations.forms import BookingForm
from events.templatetags.events import when_for

if TYPE_CHECKING:
    from collective.models import Person
    from events.models import Conversation, ConversationSeries

MOST_TO_CHOOSE = 200


class SlotField(forms.ChoiceField):
    """A free time, in the person's words for it."""

    def offer(self, slots, person: "Person") -> None:
        self.slots = {str(slot.pk): slot for slot in slots.order_by("starts_at")[:MOST_TO_CHOOSE]}
        rows = [(key, when_for(slot, person)) for key, slot in self.slots.items()]
        self.choices = [("", "Choose a time"), *rows]


class BookForForm(BookingForm):
    """A time, and what the booking form asks."""

    slot_key = SlotField(label="When", error_messages={"required": "Choose a time."})
    field_order = ["slot_key", *BookingForm.field_order]

    def __init__(self, *args, series: "ConversationSeries", person: "Person", **kwargs) -> None:
        super().__init__(*args, series=series, **kwargs)
        self.fields["slot_key"].offer(series.slots.free_to(person, by_staff=True), person)

    @property
    def slot(self):
        return self.fields["slot_key"].slots[self.cleaned_data["slot_key"]]


class MoveForForm(forms.Form):
    slot_key = SlotField(label="New time", error_messages={"required": "Choose a time."})

    def __init__(self, *args, conversation: "Conversation", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        free = conversation.series.slots.free_to(
            conversation.person, by_staff=True, moving=conversation
        )
        self.fields["slot_key"].offer(free, conversation.person)

    @property
    def slot(self):
        return self.fields["slot_key"].slots[self.cleaned_data["slot_key"]]
