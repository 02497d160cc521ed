"""What the admin's pages share: acts that ask once more, the editor, time and date with names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Form, SplitDateTimeField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from js_asset import Media

from collective.admin.fixed_addresses import KeepsItsAddress
from collective.admin.namesakes import TellsApart
from collective.errors import RuleError
from collective.models import Person
from collective.people.by_whom import note_act
from collective.people.requests import MemberRequest


class NamedSplitDateTime(AdminSplitDateTime):
    """Django's two inputs have one label: here each has a name, for screen readers (WCAG 1.3.1)."""

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time"), strict=True):
            widget.attrs["aria-label"] = name


class MadeElsewhere:
    """Rows that a rule makes and keeps: nobody adds or deletes them in the admin."""

    def has_add_permission(self, request: MemberRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        return False


@dataclass(frozen=True)
class Act:
    """Something staff do to one row: a button, a page that asks once more, a method that returns
    what was done.

    `past` is what the history says, where the person concerned can read it.
    """

    name: str
    label: str
    question: str
    past: str = ""
    is_on_the_phone: bool = False  # done while the person speaks with us


class ActAdmin(KeepsItsAddress, TellsApart):
    """A model admin with acts: `acts` names them, `act_<name>(request, obj)` does each.

    It returns a sentence that says what was done.
    """

    acts: Sequence[Act] = ()
    # name of an address of one row -> a view (admin, request, obj); `acts/<name>/` stays for acts
    pages: dict[str, Callable] = {}
    # columns that link to one of `pages`: only for staff who may open them
    columns_of_pages: Sequence[str] = ()
    saves_changes_only = False
    formfield_overrides = {
        models.DateTimeField: {"form_class": SplitDateTimeField, "widget": NamedSplitDateTime}
    }
    change_form_template = "admin/acts_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        stem = f"{self.opts.app_label}_{self.opts.model_name}_"
        act = self.admin_site.admin_view(self.act_view)
        return [
            *(self._page_url(name, stem + name) for name in self.pages),
            path("<path:pk>/acts/<slug:act>/", act, name=f"{stem}act"),
            *super().get_urls(),
        ]

    def _page_url(self, name, url_name):
        view = self.admin_site.admin_view(partial(self.page_view, name))
        return path(f"<path:pk>/{name.replace('_', '-')}/", view, name=url_name)

    def get_list_display(self, request: MemberRequest):
        shown = super().get_list_display(request)
        if self.has_change_permission(request):
            return shown
        return [name for name in shown if name not in self.columns_of_pages]

    def page_view(self, name: str, request: MemberRequest, pk: UUID):
        """One of `pages`, for staff who may change the row."""
        obj = self.get_object(request, str(pk))
        if obj is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        note_act(request.user, obj)
        return self.pages[name](self, request, obj)

    def page(
        self, request: MemberRequest, template: str, title: str, **context
    ) -> TemplateResponse:
        """Render a page of ours in the admin's frame."""
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            **context,
        }
        return TemplateResponse(request, template, whole)

    def change_url(self, obj) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def view_on_site(self, obj):
        """The page itself, without Django's redirect by content type."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def history_view(self, request: MemberRequest, object_id, extra_context=None) -> HttpResponse:
        """What staff did with a row is for colleagues who work with it."""
        obj = self.get_object(request, object_id)
        if obj is not None and not self.has_change_permission(request, obj):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def open_acts(self, request: MemberRequest, obj):
        """The acts that make sense for this row now."""
        return self.acts

    def change_view(
        self, request: MemberRequest, object_id, form_url: str = "", extra_context=None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        may = obj is not None and self.has_change_permission(request, obj)
        return super().change_view(
            request,
            object_id,
            form_url,
            {**(extra_context or {}), "acts": self.open_acts(request, obj) if may else ()},
        )

    def act_view(self, request: MemberRequest, pk: UUID, act) -> HttpResponse:
        """Ask on GET, act on POST, and say what happened."""
        obj = self.get_object(request, str(pk))
        found = next((row for row in self.acts if row.name == act), None)
        if obj is None or found is None:
            raise Http404
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        back = self.back_from_act(obj)
        if request.method == "POST":
            self._do(found, request, obj)
            return redirect(back)
        return self.page(
            request,
            "admin/act.html",
            found.label,
            act=found,
            object=obj,
            back=back,
            hears_it_now=self.hears_it_now(obj, found),
        )

    def _do(self, act: Act, request: MemberRequest, obj) -> None:
        """Do it, if it still makes sense, and say what was done or why not."""
        try:
            note_act(request.user, obj)
            if act not in self.open_acts(request, obj):
                raise RuleError(
                    f"“{act.label}” can no longer be done: it has changed since you looked."
                )
            done = getattr(self, f"act_{act.name}")(request, obj)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            self.log_change(request, obj, act.past or act.label)
            self.after_act(request, obj, act)
            messages.success(request, done)

    def back_from_act(self, obj) -> str:
        """The page that an act returns to."""
        return self.change_url(obj)

    def hears_it_now(self, obj, act) -> Person | None:
        """The person who is on the phone and hears of the act at once, or None."""
        return None

    def after_act(self, request: MemberRequest, obj, act) -> None:
        """What follows an act that was done."""

    def save_model(self, request: MemberRequest, obj, form: Form, change) -> None:
        """Write only what was changed here: a colleague may have changed the rest meanwhile."""
        if not (change and self.saves_changes_only):
            obj.save()
            return
        fresh = self.locked(obj)
        names = {field.name for field in self.opts.concrete_fields} & {*form.changed_data}
        for name in names:
            setattr(fresh, name, getattr(obj, name))
        fresh.save()

    def locked(self, obj):
        """The row as it is now, locked until the admin's transaction ends."""
        return self.model.objects.select_for_update(no_key=True, of=("self",)).get(pk=obj.pk)

    def render_change_form(self, request: MemberRequest, context, *args, **kwargs) -> HttpResponse:
        """The editor's import map needs the page's nonce."""
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)
