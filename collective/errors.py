from django.db import IntegrityError


class RuleError(Exception):
    """A rule said no. Its text is a sentence for the person who asked."""


def broken_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that the database says was broken, or None."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis and diagnosis.constraint_name
