"""What we hold about somebody without email, printed by staff to be posted or handed over."""

from uuid import UUID

from django.contrib.admin import AdminSite
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from collective.models import Person
from collective.people.requests import MemberRequest
from events.conversations import confidential
from portal.my_data import my_data
from portal.views.my_data import to_read

PRINTED = "Looked at all that we hold, to print it for them"


@require_http_methods(["GET", "HEAD", "POST"])
def held(request: MemberRequest, pk: UUID, admin_site: AdminSite) -> TemplateResponse:
    """A page that asks, and a button that shows all of it to print: a look, on record.

    Nobody prints what is theirs, or a colleague's: those have a page of their own.
    """
    person = get_object_or_404(Person.objects.known(), pk=pk)
    if not may_print(request.user, person):
        raise PermissionDenied
    context = {"title": f"What we hold about {person}", "person": person, "original": person}
    if request.method == "POST":
        _note_look(request.user, person)
        context |= {"shown": True, **to_read(my_data(person), most=None)}
    frame = admin_site.each_context(request)
    return TemplateResponse(request, "admin/held.html", {**frame, **context})


def may_print(user: Person, person: Person) -> bool:
    """With the permission, for somebody who is neither oneself nor staff."""
    return user.has_perm("collective.print_held") and person != user and not person.is_staff


def _note_look(user: Person, person: Person) -> None:
    """One look at the record, and one at each conversation of which something was told."""
    rows: list[tuple[Model, str]] = [(person, PRINTED)]
    talks = person.conversations.filter(removed_at=None)
    rows += [(talk, confidential.LOOKED) for talk in talks]
    kinds = ContentType.objects.get_for_models(*(type(row) for row, _ in rows))
    LogEntry.objects.bulk_create(
        LogEntry(
            user=user,
            content_type=kinds[type(row)],
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=CHANGE,
            change_message=words,
        )
        for row, words in rows
    )
