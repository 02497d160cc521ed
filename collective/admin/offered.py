"""What a list of the admin may be filtered by: what it offers, and nothing else.

Django takes any column of the table from the address, by any comparison: whoever counts the rows
that are left reads, letter by letter, what no page shows them.
"""

from collections.abc import Iterator, Sequence

from django.contrib import admin
from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateField, Field, ForeignKey, ManyToManyField

from collective.people.requests import MemberRequest

# How Django's own filters ask: one value, none, or between two days.
COMPARISONS = ("exact", "isnull", "gte", "lt")


class FiltersByWhatItOffers(admin.ModelAdmin):
    """A model admin whose list takes only its own filters from the address."""

    linked_filters: Sequence[str] = ()  # fields by which pages of ours ask, without a filter beside

    def lookup_allowed(self, lookup, value, request: MemberRequest) -> bool:
        """Is it one of our filters? What is no column at all, Django leaves aside by itself."""
        return lookup in set(self._offered(request)) or not self._is_column(lookup)

    def _is_column(self, lookup: str) -> bool:
        try:
            self.opts.get_field(lookup.split("__")[0])
        except FieldDoesNotExist:
            return lookup == "pk" or lookup.startswith("pk__")
        return True

    def _offered(self, request: MemberRequest) -> Iterator[str]:
        """The names under which our filters ask."""
        for item in [*self.get_list_filter(request), *self.linked_filters]:
            if isinstance(item, type) and issubclass(item, SimpleListFilter):
                yield item.parameter_name
            else:
                yield from self._asks(item)

    def _asks(self, name: str) -> Iterator[str]:
        field = get_fields_from_path(self.model, name)[-1]
        if _is_asked_by_value(field):
            yield name
        yield from (f"{name}__{comparison}" for comparison in COMPARISONS)
        if isinstance(field, (ForeignKey, ManyToManyField)):
            yield f"{name}__{field.target_field.name}__exact"


def _is_asked_by_value(field: Field) -> bool:
    """Does Django's filter for it offer each value that is there (AllValuesFieldListFilter)?"""
    is_other = field.is_relation or field.choices or isinstance(field, (BooleanField, DateField))
    return not is_other
