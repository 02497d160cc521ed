"""Telling apart what has the same name, wherever staff choose or read it in the admin.

That is people, calls and activities: each has `told_apart`, for where no markup can stand.
"""

from functools import cache

from django import forms
from django.contrib import admin

from collective.admin.offered import FiltersByWhatItOffers
from collective.models import Activity, Person
from collective.people.requests import MemberRequest
from collective.templatetags.collective import who
from collective.typed import addresses, signs


class OneField(forms.ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return obj.told_apart


class SeveralField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj) -> str:
        return obj.told_apart


def is_told_apart(model) -> bool:
    """Has a row of this model words that tell it from another one of the same name?"""
    return hasattr(model, "told_apart")


class ToldApartFilter(admin.RelatedFieldListFilter):
    """The filter beside a list: it names each call as the pickers do."""

    def field_choices(self, field, request, model_admin):
        rows = field.related_model._default_manager.all()
        if issubclass(field.related_model, Activity):
            rows = rows.select_related("call")
        return [(row.pk, row.told_apart) for row in rows]


admin.FieldListFilter.register(
    lambda field: field.remote_field and is_told_apart(field.related_model),
    ToldApartFilter,
    take_priority=True,
)


class PicksApart:
    """A form of the admin, or its inline, whose pickers say which of one name it is."""

    def formfield_for_foreignkey(self, db_field, request: MemberRequest, **kwargs):
        if is_told_apart(db_field.related_model):
            kwargs.setdefault("form_class", OneField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request: MemberRequest, **kwargs):
        if is_told_apart(db_field.related_model):
            kwargs.setdefault("form_class", SeveralField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class TellsApart(PicksApart, FiltersByWhatItOffers):
    """A model admin of rows that may name people.

    Its lists and pickers say which of several people of one name it is, nobody deletes such a row,
    and its history holds what was done.
    """

    def has_delete_permission(self, request: MemberRequest, obj=None) -> bool:
        """Staff, superusers too, delete no row that names a person: it stays what happened."""
        return not self._names_people and super().has_delete_permission(request, obj)

    def log_change(self, request: MemberRequest, obj, message):
        """Note what was changed; a form that changed nothing is no act of anybody's."""
        return super().log_change(request, obj, message) if message else None

    def get_list_display(self, request: MemberRequest):
        keys = self._keys_to_people
        shown = super().get_list_display(request)
        return [_column(name) if name in keys else name for name in shown]

    def get_list_select_related(self, request: MemberRequest):
        """Also those people, as Django looks for them only where the list has the key itself."""
        wanted = super().get_list_select_related(request)
        if wanted is True:
            return True
        shown = [name for name in self.list_display if name in self._keys_to_people]
        return [*dict.fromkeys([*(wanted or ()), *shown])]

    def get_search_results(self, request: MemberRequest, queryset, search_term):
        """An address is found however it is typed."""
        term = signs.clean_line(search_term)
        if "@" in term or "＠" in term:
            term = addresses.as_looked_for(term)
        return super().get_search_results(request, queryset, term)

    def rows_to_pick(self, request: MemberRequest):
        """What a picker of these rows offers: those of the list, unless there are more to pick."""
        return self.get_queryset(request)

    @property
    def _names_people(self) -> bool:
        lists = self.opts.many_to_many
        return bool(self._keys_to_people) or any(row.related_model is Person for row in lists)

    @property
    def _keys_to_people(self) -> set[str]:
        fields = self.opts.concrete_fields
        return {field.name for field in fields if field.related_model is Person}


@cache
def _column(name: str):
    """A column of people, with what tells them apart; always the same, by which Django sorts it."""

    @admin.display(description=name.replace("_", " "), ordering=name)
    def column(row):
        person = getattr(row, name)
        return who(person) if person else None

    column.__name__ = name  # by which the style sheet knows it
    return column
