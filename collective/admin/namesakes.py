"""Telling people of the same name apart, wherever staff choose or read a person in the admin."""

from functools import cache

from django import forms
from django.contrib import admin

from collective.admin.offered import FiltersByWhatItOffers
from collective.models import Person
from collective.people.requests import MemberRequest
from collective.templatetags.collective import who
from collective.typed import addresses, signs


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return obj.told_apart


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj) -> str:
        return obj.told_apart


class TellsApart(FiltersByWhatItOffers):
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

    def formfield_for_foreignkey(self, db_field, request: MemberRequest, **kwargs):
        if db_field.related_model is Person:
            kwargs.setdefault("form_class", PersonField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request: MemberRequest, **kwargs):
        if db_field.related_model is Person:
            kwargs.setdefault("form_class", PeopleField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

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
