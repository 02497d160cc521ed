"""How many bytes a page takes: 1 MB, and more where a file or a whole section is sent.

The server asks before it keeps anything of a body (`portal.server`), and so does a middleware, for
those who run the product with another server.
"""

from functools import cache

from django.contrib import admin
from django.db import models
from django.urls import Resolver404, ResolverMatch, resolve

from collective.safety import pictures
from collective.safety.uploads import MEGABYTE
from events.models import material
from payments import forms as of_payments
from policy_drafts.desk import readers
from policy_drafts.models import files

A_PAGE = 1_000_000
A_SECTION = 7 * MEGABYTE  # a million characters, some of which take six bytes in a form
FIELDS = A_PAGE  # what stands beside a file
MATERIALS = 3  # files of one session that are sent at once
# name of an address: what it takes, where that is more than a page
LARGER = {
    "write_section": A_SECTION,
    "keep_typed": A_SECTION,
    "add_picture": pictures.MOST_BYTES + FIELDS,
    "bring_in": readers.MOST_BYTES + A_SECTION,
    "other_versions": files.MOST_MEGABYTES * MEGABYTE + FIELDS,
    "add_expense": of_payments.MOST_BYTES + FIELDS,
    "payments_payment_expense": of_payments.MOST_BYTES + FIELDS,
    "payments_hand_file": 2 * MEGABYTE,
}


def most_bytes(path: str) -> int:
    """The most that the page at this path takes; what is no page takes as much as any."""
    try:
        return of_page(resolve(path))
    except (Resolver404, ValueError):
        return A_PAGE


def of_page(match: ResolverMatch) -> int:
    """The most that this page takes."""
    name = match.url_name or ""
    return LARGER.get(name) or _of_admin().get(name, A_PAGE)


@cache
def _of_admin() -> dict[str, int]:
    """{name: bytes} of the admin's forms that hold files, of a row or of those inside it."""
    found = {}
    for model, model_admin in admin.site._registry.items():
        ours = 1 if _has_file(model) else 0
        inside = sum(MATERIALS for inline in model_admin.inlines if _has_file(inline.model))
        if ours or inside:
            largest = material.MOST_MEGABYTES * MEGABYTE
            stem = f"{model._meta.app_label}_{model._meta.model_name}"
            for name in ("add", "change"):
                found[f"{stem}_{name}"] = (ours + inside) * largest + FIELDS
    return found


def _has_file(model: type[models.Model]) -> bool:
    return any(isinstance(field, models.FileField) for field in model._meta.get_fields())
