"""Walks a site in process: from a page to all that it links to, as one person."""

from collections import Counter, deque
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from lxml import html

EACH = 2  # addresses of one route that are looked at: a list of many leads to pages of one kind
EVERY_ONE = ("page",)  # which the foot of every page links to by name
LEADS_OUT = ("account_logout",)
FOUND = {200, 301, 302}
AS_IT_WILL_BE = ("rehearse",)  # shows a mail whose links lead somewhere once it is sent


def walk(client, start="/", each=EACH):
    """({address: (status, the page that links there)} of what leads nowhere, routes looked at)."""
    client.raise_request_exception = False
    broken, seen, looked = {}, {start}, Counter()
    queue = deque([(start, "")])
    while queue:
        address, source = queue.popleft()
        route = _route(address)
        most = 1 if "?" in route or route.startswith("admin:") else each
        if route in LEADS_OUT or (route.startswith("admin:") and "?" in route):
            continue  # tests/portal/test_admin_filters.py asks each filter
        if looked[route] >= most and route not in EVERY_ONE:
            continue
        looked[route] += 1
        answer = client.get(address)
        if answer.status_code not in FOUND:
            broken[address] = (answer.status_code, source)
        if "?" in route or route in AS_IT_WILL_BE:
            continue  # a filtered list leads where the whole one does
        for found in _links(answer, address):
            if found not in seen:
                seen.add(found)
                queue.append((found, address))
    return broken, looked


def _route(address):
    """What kind of page it is: the name of its route, and which questions it is asked."""
    parts = urlsplit(address)
    asked = ",".join(sorted({name for name, _ in parse_qsl(parts.query)}))
    try:
        match = resolve(parts.path)
    except Resolver404:
        return address
    return f"{match.view_name or match.route}?{asked}" if asked else match.view_name or match.route


def _links(answer, address):
    """Where its links, pictures and forms by GET lead on this site."""
    if answer.status_code in {301, 302}:
        return list(_ours([answer.url], address))
    if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
        return []
    page = html.fromstring(answer.content)
    found = page.xpath("//a/@href | //link/@href | //img/@src | //form[not(@method)]/@action")
    return list(_ours(found, address))


def _ours(found, address):
    for href in found:
        whole = urldefrag(urljoin(f"{settings.SITE_URL}{address}", href)).url
        if whole.startswith(f"{settings.SITE_URL}/"):
            path = whole.removeprefix(settings.SITE_URL)
            if not path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
                yield path
