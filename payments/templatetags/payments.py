"""Filters for how we say what went wrong. Loaded everywhere (settings' `builtins`)."""

from django import template

from payments import problems
from payments.models import ExpenseKind

register = template.Library()
register.filter("problem_words", problems.words)
register.filter("problem_for_staff", problems.for_staff)


@register.filter
def expense_words(kind: str) -> str:
    """The kind of an expense, inside a sentence."""
    return ExpenseKind(kind).label.lower()
