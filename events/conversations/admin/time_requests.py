from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.errors import RuleError
from collective.people.requests import MemberRequest
from events.conversations.times import wishes
from events.conversations.times.forms import OfferForm
from events.models import TimeRequest

MOST_TO_CHOOSE = 60
LOOKED = "Looked at what would work"


def offer(admin_: ActAdmin, request: MemberRequest, asked: TimeRequest):
    """Keep a time for somebody for whom none of the free ones works."""
    if request.method != "POST":
        admin_.log_change(request, asked, LOOKED)
    free = asked.series.slots.free_to(asked.person, by_staff=True).order_by("starts_at")
    form = OfferForm(request.POST or None, slots=free[:MOST_TO_CHOOSE])
    if request.method == "POST" and form.is_valid():
        try:
            slot = form.offer(asked)
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
    readonly_fields = [
        "person",
        "series",
        "what_would_work",
        "asked_at",
        "offered_at",
        "settled_at",
    ]
    fields = tuple(readonly_fields)
    change_form_template = "admin/events/timerequest/change_form.html"
    pages = {"offer": offer}
    acts = [
        Act("settle", "Answered in another way", "It leaves the lists.", "Answered in another way")
    ]

    def view_on_site(self, obj) -> None:
        """No link: a wish has no page."""

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        return self.acts if obj.settled_at is None else []

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_conversationseries_board", args=[obj.series_id])

    def act_settle(self, request: MemberRequest, asked) -> str:
        wishes.withdraw(asked)
        return "Noted as answered."

    def render_change_form(
        self, request: MemberRequest, context, *args, obj=None, **kwargs
    ) -> HttpResponse:
        """Each look at what somebody wrote is on record."""
        if obj:
            self.log_change(request, obj, LOOKED)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.display(description="What would work")
    def what_would_work(self, asked):
        return asked.own_words or "(Nothing in their own words)"
