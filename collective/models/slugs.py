from itertools import count

from django.db.models import Model


def free_slug(model: type[Model], slug: str) -> str:
    """The slug with the first number that no other row has: first-session-2."""
    stem = slug[:70]
    rows = model._default_manager.filter(slug__startswith=stem)
    taken = set(rows.values_list("slug", flat=True))
    return next(name for number in count(2) if (name := f"{stem}-{number}") not in taken)
