from django.contrib import admin
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.clock import LONDON
from collective.messages import by_hand
from collective.models import Person
from collective.people.by_whom import people_of
from collective.people.requests import MemberRequest
from collective.templatetags.collective import clock_time, day
from events.models import Registration
from events.models.access_need import words_of
from events.models.answers import BRINGS, WOULD_LIKE, Needs
from events.sessions import history as what_happened
from events.sessions import offers, places, waiting_list
from events.sessions.admin import registration_pages
from events.sessions.messages import kinds

State = Registration.State
MOST_EVENTS = 100
HEARD_AT_ONCE = [kinds.OFFERED, kinds.BOOKED, kinds.WAITING, kinds.GIVEN_UP, kinds.DECLINED]


@admin.register(Registration)
class RegistrationAdmin(MadeElsewhere, ActAdmin):
    list_display = [
        "person",
        "email",
        "session",
        "state",
        "order",
        "offer_until",
        "capacity",
        "created_at",
    ]
    list_filter = ["state", "capacity", "session"]
    list_select_related = ["person", "session"]
    search_fields = ["person__name", "person__email", "session__title"]
    ordering = ["session", "state", "list_number", "created_at"]
    list_per_page = 50
    change_form_template = "admin/events/registration/change_form.html"
    pages = {
        "move": registration_pages.move_on_list,
        "answers": registration_pages.answers,
        "capacity": registration_pages.capacity,
    }
    acts = [
        Act(
            "offer",
            "Offer a place",
            "We keep the place for this person, and tell them.",
            "Offered a place",
        ),
        Act(
            "accept",
            "They say yes",
            "The place is booked for them.",
            "Said yes to the place, for them",
            is_on_the_phone=True,
        ),
        Act(
            "decline",
            "They say no",
            "The place is free again. While offers go out, the next in order has one.",
            "Said no to the place, for them",
            is_on_the_phone=True,
        ),
        Act(
            "take_back",
            "Take back the offer",
            "They go back to their place on the list. Free places then wait for you to offer them.",
            "Took back the offer",
        ),
        Act(
            "give_back",
            "Give back the place",
            "The person is told. While offers go out, the next in order is offered the place.",
            "Gave back the place",
        ),
        Act(
            "leave_list",
            "Take off the list",
            "They no longer wait for a place, and are told.",
            "Took off the list",
        ),
        Act(
            "book_again",
            "Book again",
            "A new booking with the same answers: a place if one is free, else the end of the "
            "list.",
            "Booked again",
        ),
    ]
    readonly_fields = (
        "person",
        "session",
        "state",
        "capacity",
        "list_number",
        "list_reason",
        "offer_until",
        "offer_told_at",
        "ended_because",
        "came_for_part",
        "came_without_signing_up",
        "fee_pence",
        "agreed_at",
        "created_at",
        "who_comes_along",
        "what_helps",
        "history",
    )
    fields = readonly_fields

    def view_on_site(self, obj) -> None:
        """No link: the page is the person's own."""

    def get_fields(self, request: MemberRequest, obj=None):
        private = {"who_comes_along", "what_helps"}
        may = request.user.has_perm("events.view_access_needs")
        return [name for name in self.fields if may or name not in private]

    def render_change_form(
        self, request: MemberRequest, context, *args, obj=None, **kwargs
    ) -> HttpResponse:
        """Each look at what a person needs is on record."""
        shows_needs = request.user.has_perm("events.view_access_needs")
        if obj and shows_needs and (obj.access_needs or obj.companion):
            self.log_change(request, obj, "Looked at this registration")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description="Order on the list", ordering="list_number")
    def order(self, registration: Registration) -> str:
        return order_on_list(registration)

    @admin.display(description="Email address")
    def email(self, registration: Registration) -> str:
        return registration.person.email or ""

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        offered, live = obj.state == State.OFFERED, obj.can_give_up
        may = {
            "offer": obj.state == State.WAITING,
            "accept": obj.offer_is_open,
            "decline": offered,
            "take_back": offered and obj.list_number is not None,
            "give_back": live and obj.state == State.CONFIRMED,
            "leave_list": live and obj.state == State.WAITING,
            "book_again": obj.state == State.CANCELLED and not obj.is_followed_by_another,
        }
        return [act for act in self.acts if may[act.name]]

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_session_board", args=[obj.session_id])

    def hears_it_now(self, obj, act):
        by_phone = obj.person.reach_by == Person.ReachBy.PHONE
        return obj.person if by_phone and act.name != "take_back" else None

    def after_act(self, request: MemberRequest, obj, act) -> None:
        """Whoever is told by phone, and is on the phone, has heard it.

        No task is left for a colleague.
        """
        if request.POST.get("told") and self.hears_it_now(obj, act):
            newest = Registration.objects.filter(
                person=obj.person_id, session=obj.session_id
            ).latest("created_at")
            by_hand.told_at_once(newest, request.user, HEARD_AT_ONCE)

    def act_offer(self, request: MemberRequest, registration: Registration) -> str:
        offered = waiting_list.offer_by_hand(registration)
        if offered.offer_waits_to_be_told:
            return (
                f"The place is kept for {offered.person} until somebody has told them; then they "
                "have time to answer."
            )
        until = offered.offer_until
        return f"{offered.person} has the offer until {day(until)}, {clock_time(until)}."

    def act_accept(self, request: MemberRequest, registration: Registration) -> str:
        places.accept(registration)
        return f"{registration.person} has a place."

    def act_decline(self, request: MemberRequest, registration: Registration) -> str:
        places.decline(registration)
        return f"{registration.person} said no. The place is free for others."

    def act_take_back(self, request: MemberRequest, registration: Registration) -> str:
        offers.take_back(registration)
        return f"{registration.person} is on the list again, at the same place."

    def act_give_back(self, request: MemberRequest, registration: Registration) -> str:
        places.give_up(registration, Registration.EndedBecause.STAFF)
        return (
            f"{registration.person} no longer holds a place. “Book again” on their registration "
            "undoes it."
        )

    def act_leave_list(self, request: MemberRequest, registration: Registration) -> str:
        places.give_up(registration, Registration.EndedBecause.STAFF)
        return f"{registration.person} is off the list."

    def act_book_again(self, request: MemberRequest, registration: Registration) -> str:
        again = places.book_again(registration)
        return f"{again.person}: {again.get_state_display().lower()}."

    @admin.display(description="Comes along")
    def who_comes_along(self, registration: Registration) -> str:
        companion = registration.companion or {}
        words = {BRINGS: "a supporter", WOULD_LIKE: "would like us to find somebody"}
        kind = words.get(companion.get("kind", ""))
        parts = [kind, companion.get("name"), companion.get("email")]
        return ", ".join(filter(None, parts)) or "nobody"

    @admin.display(description="What helps them take part")
    def what_helps(self, registration: Registration) -> str:
        needs: Needs | None = registration.access_needs
        notes = needs["notes"] if needs else ""
        lines = [*words_of(needs), *filter(None, [notes])]
        return format_html_join("\n", "<p>{}</p>", ((line,) for line in lines)) or "nothing noted"

    @admin.display(description="What happened")
    def history(self, registration: Registration) -> SafeString:
        events = what_happened.recorded(registration, MOST_EVENTS)
        people = people_of(event.pgh_context for event in events)
        lines = ((_line(event, people),) for event in events)
        return format_html_join("\n", "<p>{}</p>", lines)


def order_on_list(registration: Registration) -> str:
    """The list number without needless zeros; "" for somebody who never waited."""
    number = registration.list_number
    return "" if number is None else f"{number.normalize():f}"


def _line(event: what_happened.Event, people: dict[str, Person]) -> str:
    """ "03 Oct 2022 14:00: On the waiting list (they rang), by Jo"."""
    moment = timezone.localtime(event.pgh_created_at, LONDON)
    why = f" ({event.list_reason})" if event.list_reason and event.state == State.WAITING else ""
    by = _by((event.pgh_context or {}).get("user"), people)
    return f"{moment:%d %b %Y %H:%M}: {State(event.state).label}{why}, {by}"


def _by(user: str | None, people: dict[str, Person]) -> str:
    if user is None:
        return "by itself or by a link from a mail"
    return f"by {people.get(user, 'somebody who is gone')}"
