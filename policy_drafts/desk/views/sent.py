"""What an editor page sends."""

import uuid
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from django.http import HttpRequest

from policy_drafts.desk import unsaved
from policy_drafts.desk.forms import picture_words
from policy_drafts.posted import as_number, as_uuid
from policy_drafts.text import pictures

NO_VERSION = -1


@dataclass(frozen=True)
class EditorPage:
    """An editor page: one tab on one device, with a key of its own.

    `also` are the pages whose text it goes on with; `started_from` is the version that the writer
    had before them.
    """

    started_from: int
    key: UUID = field(default_factory=uuid.uuid4)
    also: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The page that sends this; it gets a new key and no version where it names none."""
        also = map(as_uuid, request.POST.getlist("also")[: unsaved.MOST_PAGES])
        return cls(
            started_from=sent_version(request),
            key=as_uuid(request.POST.get("page")) or uuid.uuid4(),
            also=tuple(key for key in also if key),
        )

    @property
    def keys(self) -> list[UUID]:
        """Its own key, and those of the pages whose text it goes on with."""
        return [self.key, *self.also]


def sent_version(request: HttpRequest) -> int:
    """The version that the writer had before them; what is none is no version."""
    version = as_number(request.POST.get("started_from"))
    return NO_VERSION if version is None else version


def typed_values(request: HttpRequest) -> unsaved.Typed:
    """What was typed, as it is, with the words of its pictures in the text."""
    values = {name: request.POST.get(name, "") for name in ("title", "html", "state", "notes")}
    html = pictures.with_words(values["html"], picture_words(request.POST.dict()))
    return {**values, "html": html}


def wants_json(request: HttpRequest) -> bool:
    """Does the editor's script ask, and not a form?"""
    return request.headers.get("Accept") == "application/json"
