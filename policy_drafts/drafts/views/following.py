from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from collective.messages.follows import from_now_on
from collective.people.requests import MemberRequest
from collective.safety.link_keys import is_key
from policy_drafts.drafts.views.reading import follows, visible_policy
from policy_drafts.models import DraftFollow, Policy


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def follow_policy(request: MemberRequest, slug: str) -> HttpResponse:
    """Tell me when the next draft is out; or no longer."""
    found = visible_policy(request, slug)
    if request.method == "POST":
        if "stop" in request.POST:
            _stop(request, found)
        else:
            _start(request, found)
        return redirect(found)
    context = {"policy": found, "follows": follows(request, found)}
    return render(request, "policy_drafts/drafts/follow.html", context)


def _start(request: MemberRequest, policy: Policy) -> None:
    DraftFollow.objects.get_or_create(policy=policy, person=request.user)
    messages.success(request, from_now_on(request.user))


def _stop(request: MemberRequest, policy: Policy) -> None:
    policy.follows.filter(person=request.user).delete()
    messages.success(request, "We no longer tell you of new drafts.")


# a mail program posts here by itself (RFC 8058), without a cookie; the key says who may
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_draft_news(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One click in the mail stops the news of drafts."""
    if not is_key(request.GET.get("key", ""), "draft-news", pk):
        raise Http404
    follow = DraftFollow.objects.filter(pk=pk).select_related("policy").first()
    if follow is None:
        return render(request, "collective/stop.html", {"what": ""})
    words = {"what": f"news about new drafts of “{follow.policy}”", "where": "policy"}
    if request.method == "POST":
        follow.delete()
        return render(request, "collective/stopped.html", words)
    return render(request, "collective/stop.html", words)
