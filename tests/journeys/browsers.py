"""Real browsers in which somebody is signed in."""

from django.conf import settings

from tests.signed_in import browser_of


def sign_in(context, site, person):
    """Hand the browser a session, as if the person had signed in (and used a second factor)."""
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": browser_of(person).session.session_key,
        "url": site,
    }
    context.add_cookies([cookie])
    return context
