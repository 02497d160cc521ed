"""Messages: what went out, what failed, and what staff tell people themselves."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from collective import clock
from collective.admin.acts import Act, ActAdmin, MadeElsewhere
from collective.admin.read_only import ReadOnlyAdmin
from collective.messages import by_hand, letters, mail
from collective.messages.letters import Letter
from collective.models import Follow, Message, Person, SweepRun
from collective.models.message import MessageQuerySet
from collective.people.requests import MemberRequest
from collective.templatetags.collective import clock_time, day

State = Message.State


SHOWN = (
    "what",
    "person",
    "address",
    "channel",
    "state",
    "due_at",
    "not_after",
    "sent_at",
    "told_by",
    "attempts",
    "error",
    "subject",
    "message_id",
)


class ToTellFilter(admin.SimpleListFilter):
    title = "to ring or post"
    parameter_name = "to_tell"

    def lookups(self, request: MemberRequest, model_admin) -> list[tuple[str, str]]:
        return [("1", "To ring or post now")]

    def queryset(self, request: MemberRequest, queryset: MessageQuerySet):
        return queryset.tasks(clock.now()) if self.value() == "1" else queryset


def may_read(user: Person, message: Message) -> bool:
    """May this member of staff read what the message says, and whom to ring or write to?"""
    needed = {"collective.view_contact_details", letters.kind_of(message).words_private_to} - {""}
    return user.has_perms(needed)


def tell(admin, request: MemberRequest, message: Message):
    """The wording to read out, or the letter to print; and the buttons that say how it went."""
    if not may_read(request.user, message):
        raise PermissionDenied
    if message.state != State.WAITING or message.channel == message.Channel.EMAIL:
        messages.info(request, "Nothing is to be told here any more.")
        return redirect(admin.change_url(message))
    if request.method == "POST":
        return _told(admin, request, message)
    found = by_hand.wording(message)
    if found is None:
        messages.info(request, "This is no longer true, so there is nothing to tell any more.")
        return redirect("admin:index")
    return _to_read_out(admin, request, message, *found)


def _to_read_out(admin, request: MemberRequest, message: Message, letter: Letter, html: str):
    """The page with the words; that they were read is noted, where the kind asks for it."""
    if logged_as := letters.kind_of(message).logged_as:
        admin.log_change(request, letter.row, logged_as)
    tasks = Message.objects.tasks(clock.now()).filter(person=message.person)
    return admin.page(
        request,
        "admin/collective/message/tell.html",
        f"Tell {message.person}",
        message=message,
        html=html,
        is_letter=message.channel == message.Channel.POST,
        row_url=_url_of(letter),
        answers=letter.staff_page,
        others=tasks.exclude(pk=message.pk)[:10],
        labels=letters.labels(),
    )


def _url_of(letter: Letter) -> str:
    """Where staff note what the person answers, or what it is about; "" for neither."""
    row = letter.row
    if row is None:
        return ""
    page = letter.staff_page or f"{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(f"admin:{page}", args=[row.pk])


def _told(admin, request: MemberRequest, message: Message) -> HttpResponseRedirect:
    how = request.POST.get("how")
    if how == "no_answer":
        due = by_hand.no_answer(message)
        messages.success(request, f"It comes back to Today on {day(due)}, {clock_time(due)}.")
    elif how == "told" and by_hand.mark_told(message, request.user):
        admin.log_change(request, message, "Told")
        messages.success(
            request, f"{message.person} has been told. You can undo it on the message's page."
        )
    return redirect("admin:index")


@admin.register(Message)
class MessageAdmin(MadeElsewhere, ActAdmin):
    list_display = ["what", "person", "channel", "state", "due_at", "sent_at", "attempts"]
    list_filter = [ToTellFilter, "state", "channel", "kind"]
    linked_filters = ["person"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email", "address"]
    # the text holds links with which somebody could act as the person
    fields = readonly_fields = SHOWN
    show_full_result_count = False
    actions = ["try_again"]
    change_form_template = "admin/collective/message/change_form.html"
    pages = {"tell": tell}
    acts = [
        Act("try_again", "Try again", "It goes out again within a minute."),
        Act(
            "by_hand",
            "Tell by phone or post",
            "It becomes a task on Today, with the wording. An offer waits for it.",
        ),
        Act(
            "seen",
            "Nothing more to do",
            "It leaves Today: there is nobody to tell, or they know already.",
        ),
        Act(
            "came_back",
            "It came back",
            "Note that this mail came back to us, so that it is told in another way.",
        ),
        Act(
            "undo",
            "Not told after all",
            "It is a task on Today again. An offer's time stops until it is told.",
        ),
    ]

    def get_queryset(self, request: MemberRequest):
        """Without mails that are not everybody's to know of, unless they failed."""
        rows, mailed = super().get_queryset(request), Message.Channel.EMAIL
        hidden = rows.filter(kind__in=letters.hidden_from(request.user), channel=mailed).exclude(
            state=State.FAILED
        )
        return rows.exclude(pk__in=hidden.values("pk"))

    @admin.display(description="What", ordering="kind")
    def what(self, message: Message):
        return letters.labels().get(message.kind, message.kind)

    def open_acts(self, request: MemberRequest, message: Message) -> list[Act]:
        mailed = message.channel == message.Channel.EMAIL
        may = {
            "try_again": mailed and message.state == State.FAILED,
            "by_hand": mailed and message.state == State.FAILED and message.person_id,
            "seen": message.state == State.FAILED,
            "came_back": mailed and message.state == State.SENT and message.person_id,
            "undo": not mailed and message.state == State.SENT,
        }
        return [act for act in self.acts if may[act.name]]

    def act_try_again(self, request: MemberRequest, message: Message) -> str:
        mail.try_again(Message.objects.filter(pk=message.pk))
        return "It will be tried again within a minute."

    def act_by_hand(self, request: MemberRequest, message: Message) -> str:
        by_hand.tell_by_hand(message)
        return "It is a task on Today now."

    def act_seen(self, request: MemberRequest, message: Message) -> str:
        Message.objects.failed().filter(pk=message.pk).update(state=State.DROPPED)
        return "It has left Today."

    def act_came_back(self, request: MemberRequest, message: Message) -> str:
        by_hand.came_back(message)
        return "Noted: it came back."

    def act_undo(self, request: MemberRequest, message: Message) -> str:
        by_hand.not_told_after_all(message)
        return "It is a task on Today again."

    @admin.action(description="Try failed messages again", permissions=["change"])
    def try_again(self, request: MemberRequest, queryset: MessageQuerySet) -> None:
        messages.success(
            request,
            f"{mail.try_again(queryset)} failed messages will be tried again within a minute.",
        )


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["person", "call", "activity", "created_at"]
    list_select_related = ["person", "call", "activity"]
    search_fields = ["person__name", "person__email"]


@admin.register(SweepRun)
class SweepRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "started_at", "finished_at", "seen", "done", "error"]
    list_filter = ["name"]
    show_full_result_count = False
