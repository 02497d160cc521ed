"""Addresses that take only the press of a button, and the page on which each button stands.

Somebody who has to sign in first is led back to that page, never to the address itself, which has
nothing to show. It is named where the act is written: what a browser says of itself (Referer) may
be missing, or be the very page that came of another press.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpResponseBase
from django.urls import ResolverMatch, reverse
from django.views.decorators.http import require_POST

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
FindPage = Callable[..., str]


@dataclass(frozen=True)
class Button:
    """Where it stands: a function of the address's keys that returns a path."""

    page: FindPage
    has_form: bool  # is something typed there, beside what the page sends along?


def press_only(page: str | FindPage, *keys: str) -> Callable[[View], View]:
    """Take POST alone, and know where the button stands.

    `page` is the name of that page's address, which takes these keys of this one; or a function
    that is given every key and returns the path. A script's address has the page of the script.
    """
    return _with(Button(_finder(page, keys), has_form=False))


def form_only(page: str | FindPage, *keys: str) -> Callable[[View], View]:
    """The same for an address that a form with something to type is sent to."""
    return _with(Button(_finder(page, keys), has_form=True))


def button_of(match: ResolverMatch | None) -> Button | None:
    """The button of an address that takes only POST; None for one that shows something itself."""
    return getattr(match.func, "button", None) if match else None


def page_of(match: ResolverMatch | None) -> str:
    """The path of the page on which the button of this address stands; "" where it has none."""
    button = button_of(match)
    return button.page(**match.kwargs) if match and button else ""


def _with(button: Button) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        pressed = require_POST(view)
        vars(pressed)["button"] = button  # decorators around it hand on what it has
        return pressed

    return decorate


def _finder(page: str | FindPage, keys: tuple[str, ...]) -> FindPage:
    if callable(page):
        return page

    def find(**kwargs: object) -> str:
        return reverse(page, kwargs={key: kwargs[key] for key in keys})

    return find
