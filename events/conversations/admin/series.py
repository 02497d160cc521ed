from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from collective import clock
from collective.admin.acts import Act, ActAdmin
from collective.errors import RuleError
from collective.models import Activity, Person
from collective.people.requests import MemberRequest
from collective.templatetags.collective import pounds
from events.conversations import series_acts
from events.conversations.admin import booking as conversation_booking
from events.conversations.times import first_choice
from events.models import ConversationSeries
from events.staff_forms import LEAST_FEE, CancelForm

State = ConversationSeries.State
A_BOARD = 100  # conversations
OPENED = "People can then book. Those who asked to be told get an email."
CLOSED = "Nobody can then book. People who have a conversation keep it."


class SeriesForm(forms.ModelForm):
    class Meta:
        model = ConversationSeries
        exclude: list[str] = []  # the admin's fieldsets say which

    by: Person  # who fills it in, as the admin says

    def clean_host(self):
        host = self.cleaned_data["host"]
        if "host" in self.changed_data:
            try:
                series_acts.check_may_name(host, self.by)
            except RuleError as error:
                raise forms.ValidationError(str(error)) from error
        return host

    def clean_fee_pence(self):
        fee = self.cleaned_data["fee_pence"]
        if fee and fee < LEAST_FEE:
            raise forms.ValidationError(f"This is {pounds(fee)}. For £25 write 2500.")
        return fee


def board(admin_: ActAdmin, request: MemberRequest, series: ConversationSeries):
    """What is booked and what is to decide; without anything that was told in confidence."""
    rows = series.conversations.select_related("person", "slot")
    coming = list(rows.upcoming().order_by("slot__starts_at")[:A_BOARD])
    return admin_.page(
        request,
        "admin/events/conversationseries/board.html",
        str(series),
        series=series,
        original=series,
        coming=coming,
        to_arrange=sum(row.asks_to_arrange for row in coming),
        to_mark=rows.to_mark().order_by("slot__starts_at")[:A_BOARD],
        to_decide=rows.to_decide().order_by("slot__starts_at")[:A_BOARD],
        requests=series.time_requests.open().select_related("person")[:A_BOARD],
        free=series.slots.free_to(request.user, by_staff=True).count(),
        now=clock.now(),
    )


def cancel(admin_: ActAdmin, request: MemberRequest, series: ConversationSeries):
    """Cancel the whole series: everybody who has one booked reads the reason."""
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = series_acts.cancel(series, form.cleaned_data["reason"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            admin_.log_change(request, series, "Cancelled the conversations")
            messages.success(request, f"Cancelled. People who had one booked are told: {number}.")
            return redirect(admin_.back_from_act(series))
    return admin_.page(
        request,
        "admin/events/conversationseries/cancel.html",
        "Cancel these conversations",
        series=series,
        form=form,
        original=series,
        number=series.conversations.upcoming().count(),
    )


@admin.register(ConversationSeries)
class ConversationSeriesAdmin(ActAdmin):
    form = SeriesForm
    saves_changes_only = True
    columns_of_pages = ["board_link"]
    list_display = ["title", "board_link", "call", "host", "state", "fee_pence"]
    list_filter = ["state", "call"]
    list_select_related = ["call", "host"]
    search_fields = ["title", "neutral_name", "host__name"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["call", "host", "invited"]
    ordering = ["call", "position"]
    change_form_template = "admin/events/conversationseries/change_form.html"
    change_list_template = "admin/events/conversationseries/change_list.html"
    acts = [
        Act("open", "Open booking", OPENED),
        Act("close", "Close booking", CLOSED),
    ]
    pages = {"board": board, "book": conversation_booking.book, "cancel": cancel}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "call",
                    "host",
                    "title",
                    "slug",
                    "neutral_name",
                    "summary",
                    "state",
                    "cancelled_because",
                ]
            },
        ),
        ("When", {"fields": ["opens_at", "when_words", "how_long"]}),
        ("What people read", {"fields": ["about_host", "what_to_expect", "position"]}),
        ("What we offer", {"fields": ["fee_pence", "what_the_fee_covers"]}),
        ("Who may", {"fields": ["by_invitation", "invited", "each_upcoming"]}),
        ("Private", {"fields": ["forget_after_days"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(
                "from-card/", view(self.from_card_view), name="events_conversationseries_from_card"
            ),
            path(
                "<uuid:pk>/book/<uuid:person_pk>/",
                view(self.book_person_view),
                name="events_conversationseries_book_person",
            ),
        ]
        return [*own, *super().get_urls()]

    def book_person_view(self, request: MemberRequest, pk: UUID, person_pk: UUID):
        series = self.get_object(request, str(pk))
        if series is None:
            raise Http404
        if not self.has_change_permission(request, series):
            raise PermissionDenied
        return conversation_booking.book_person(self, request, series, person_pk)

    def from_card_view(self, request: MemberRequest) -> HttpResponse:
        """A plain card for conversations gets pages of its own: same address, same followers."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        cards = Activity.objects.filter(
            kind=Activity.Kind.CONVERSATION, conversationseries=None, session=None
        )
        if request.method == "POST":
            card = get_object_or_404(cards, pk=request.POST.get("card") or None)
            try:
                series = series_acts.from_card(card, request.user)
            except RuleError as error:
                messages.error(request, str(error))
            else:
                self.log_addition(request, series, "Made from a card")
                messages.success(
                    request,
                    f"{series.host} can now open times at {reverse('host', args=[series.slug])}",
                )
                return redirect(self.change_url(series))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Pages for a card",
            "cards": cards.select_related("call__lead"),
        }
        return TemplateResponse(request, "admin/events/conversationseries/from_card.html", context)

    @admin.display(description="Board", ordering="title")
    def board_link(self, series: ConversationSeries) -> SafeString:
        url = reverse("admin:events_conversationseries_board", args=[series.pk])
        return format_html(
            '<a href="{}">Board<span class="visually-hidden"> of {}</span></a>', url, series
        )

    def get_readonly_fields(self, request: MemberRequest, obj=None) -> list[str]:
        """The state has acts; the host stays once times were opened: people talk to that host."""
        if obj is None:
            return ["state", "cancelled_because"]
        held = ["host"] if obj.slots.exists() else []
        return ["state", "cancelled_because", *held, *super().get_readonly_fields(request, obj)]

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        obj.kind = Activity.Kind.CONVERSATION
        super().save_model(request, obj, form, change)
        if "host" in form.changed_data:
            series_acts.hand_over(obj, request.user)

    def get_form(self, request: MemberRequest, obj=None, change: bool = False, **kwargs):
        """The form knows who fills it in."""
        base = type("SeriesForm", (SeriesForm,), {"by": request.user})
        return super().get_form(request, obj, change, **{"form": base, **kwargs})

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def open_acts(self, request: MemberRequest, obj) -> list[Act]:
        wanted = {State.OPEN: "close", State.CLOSED: "open", State.TO_BE_CONFIRMED: "open"}.get(
            obj.state
        )
        return [act for act in self.acts if act.name == wanted]

    def back_from_act(self, obj) -> str:
        return reverse("admin:events_conversationseries_board", args=[obj.pk])

    def locked(self, obj):
        return obj.locked()

    def act_open(self, request: MemberRequest, series: ConversationSeries) -> str:
        self._set_state(series, State.OPEN)
        return "Booking is open."

    def act_close(self, request: MemberRequest, series: ConversationSeries) -> str:
        self._set_state(series, State.CLOSED)
        return "Booking is closed."

    @staticmethod
    @transaction.atomic
    def _set_state(series: ConversationSeries, state: Activity.State) -> None:
        locked = series.locked()
        if locked.state == State.CANCELLED:
            raise RuleError("These conversations are cancelled.")
        locked.state = state
        locked.save()
        first_choice.keep_for_the_waiting(locked)
