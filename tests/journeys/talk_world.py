"""Conversations in every state, for axe: a series for each way in which its page can look."""

from datetime import timedelta

from collective import clock
from events.conversations import leaving
from events.models import BookingDraft, Conversation
from tests.factories import PageFactory, PersonFactory, SeriesFactory, book, slot_of, slots_of

STATES = (
    "booked",
    "video",
    "no_link",
    "held",
    "missed",
    "host_missed",
    "cancelled",
    "leaving",
    "over",
)
ANSWERS = {
    "how": ["phone"],
    "who_rings": ["host"],
    "phone": ["07700 900123"],
    "capacity": ["personal"],
}


def make_talks(member, call):
    """{"series", "taken", "kept", "asked", "closed" and one conversation of the member for each
    state}
    """
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=20)
    made = {}
    PageFactory(slug="told-of-harm", title="If somebody tells you of harm")
    for number, state in enumerate(STATES):
        series = SeriesFactory(
            call=call, slug=f"talk-{state.replace('_', '-')}", link_for_each=state == "no_link"
        )
        slot = slot_of(series, start + timedelta(days=number))
        slots_of(series, 2, start + timedelta(days=30 + number))
        answers = (
            {"how": "video", "who_rings": "", "phone": None}
            if state in {"video", "no_link"}
            else {}
        )
        made[state] = book(slot, member, **answers)
    _settle(made)
    made["series"] = SeriesFactory(call=call, slug="talk")
    made["free"], *_ = slots_of(made["series"], 4, start)
    made["hours"] = made["series"].hours.create(weekday=0, from_time="10:00", until_time="12:00")
    made["day_off"] = made["series"].hours.create(day=start.date())
    made["wish"] = made["series"].time_requests.create(
        person=PersonFactory(name="Amina"), wish="Sundays"
    )
    made["theirs"] = book(
        slot_of(made["series"], start + timedelta(days=9)), PersonFactory(name="Bo")
    )
    taken = SeriesFactory(call=call, slug="taken")
    made["taken"] = book(slot_of(taken, start)).slot
    for state in ("to_be_confirmed", "closed", "cancelled", "happened"):
        SeriesFactory(call=call, slug=f"series-{state.replace('_', '-')}", state=state)
    for series in (made["series"], taken):
        BookingDraft.objects.create(
            person=member, series=series, answers=ANSWERS, updated_at=clock.now()
        )
    return made


def _settle(made):
    for state in ("held", "missed", "host_missed"):
        Conversation.objects.filter(pk=made[state].pk).update(
            state=state, marked_at=clock.now(), note="x"
        )
    Conversation.objects.filter(pk=made["cancelled"].pk).update(
        state="cancelled", ended_because="host", ended_reason="I am ill.", marked_at=clock.now()
    )
    made["leaving"] = leaving.give_up_by_link(made["leaving"])
    for state in ("over", "held", "missed", "host_missed"):
        slot = made[state].slot
        back = clock.now() - slot.ends_at - timedelta(hours=STATES.index(state) + 1)
        type(slot).objects.filter(pk=slot.pk).update(
            starts_at=slot.starts_at + back,
            ends_at=slot.ends_at + back,
            busy_until=slot.busy_until + back,
        )
