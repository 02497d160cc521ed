"""From the mail about a join of two records: part them again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from collective.errors import RuleError
from collective.models import RecordJoin
from collective.people import join_links, record_joins
from collective.safety.link_keys import is_key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def part_records(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make two joined records two again. Opening it changes nothing: a button does it."""
    if not is_key(request.GET.get("key", ""), "part records", pk):
        raise Http404
    join = get_object_or_404(RecordJoin.objects.select_related("kept", "gone"), pk=pk)
    refused = ""
    if request.method == "POST":
        try:
            join_links.part(join)
        except RuleError as error:
            refused = str(error)
        join.refresh_from_db()
    context = {"join": join, "refused": refused, "can_be_parted": record_joins.can_undo(join)}
    return render(request, "collective/part_records.html", context)
