from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from collective.messages import follows
from collective.messages.addresses import news_key
from collective.models import Activity, Call, Follow, Person
from collective.people.requests import MemberRequest
from collective.safety.link_keys import is_key


def _follow(request: MemberRequest, target: Activity | Call, back: str) -> HttpResponse:
    if request.method == "POST":
        follows.follow(request.user, target)
        messages.success(request, follows.from_now_on(request.user))
        return redirect(back)
    return render(request, "collective/follow.html", {"target": target, "back": back})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_call(request: MemberRequest, slug: str) -> HttpResponse:
    """ "Tell me when", for all that a call will bring."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    return _follow(request, call, call.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_activity(request: MemberRequest, slug: str) -> HttpResponse:
    """ "Tell me when", for one activity."""
    activities = Activity.objects.visible_to(request.user).select_related("call")
    activity = get_object_or_404(activities, slug=slug)
    is_conversation = activity.kind == Activity.Kind.CONVERSATION
    back = (activity.whole() if is_conversation else activity).page_url()
    return _follow(request, activity, back)


# a mail program posts here by itself (RFC 8058), without a cookie; the key says who may
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_news(request: HttpRequest, pk: UUID, call_pk: int) -> HttpResponse:
    """One click stops all news of a call, from the link in the mail or by List-Unsubscribe-Post."""
    if not is_key(request.GET.get("key", ""), "news", news_key(pk, call_pk)):
        raise Http404
    person = get_object_or_404(Person, pk=pk).record
    return _stop_of_call(request, person, get_object_or_404(Call, pk=call_pk))


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def stop_following(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same by the link of an older mail; with `only`, a page of one's own stops just this."""
    if not is_key(request.GET.get("key", ""), "follow", pk):
        raise Http404
    rows = Follow.objects.select_related("person", "activity__call", "call")
    found = rows.filter(pk=pk).first()
    if found is None:
        return render(request, "collective/stop.html", {"what": ""})
    if request.method == "POST" and "only" in request.POST:
        found.delete()
        return render(request, "collective/stopped.html", {"what": f"news about {found.target}"})
    call = found.activity.call if found.activity else found.call
    assert call  # the database asks for one of the two
    return _stop_of_call(request, found.person, call)


def _stop_of_call(request: HttpRequest, person: Person, call: Call) -> HttpResponse:
    """What stops is what the page says: all news of this call."""
    what = f"news about “{call}”"
    if request.method == "POST":
        follows.stop(person, call)
        return render(request, "collective/stopped.html", {"what": what})
    followed = [
        row.target for row in follows.of_call(person, call).select_related("activity", "call")
    ]
    context = {"what": what if followed else "", "followed": followed}
    return render(request, "collective/stop.html", context)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One click stops reminders."""
    if not is_key(request.GET.get("key", ""), "reminders", pk):
        raise Http404
    person = get_object_or_404(Person, pk=pk)
    if request.method == "POST":
        Person.objects.filter(pk=pk).update(wants_reminders=False)
        return render(request, "collective/stopped.html", {"what": "reminders"})
    return render(
        request, "collective/stop.html", {"what": "reminders" if person.wants_reminders else ""}
    )
