"""Staff's twenty daily tasks from Today on: presses, queries and seconds, with ten people and with
two thousand.

    python -m benchmarks.staff_day

In one process, so the seconds are the application's and the database's, without a browser. Each
task begins on Today, whose own cost is in the first line and the first press.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bs4 import BeautifulSoup
from bs4.element import Tag
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import setting
from collective import clock
from collective.models import Message, Person
from events.models import AccessNeed, Registration, Session
from tests.factories import CommunityFactory, PersonFactory
from tests.journeys.staff_tasks import TASKS
from tests.journeys.staff_world import StaffWorld, give_back, make_staff_world
from tests.signed_in import browser_of

SIZES = (10, 2000)
CHOSEN = {"radio", "checkbox", "submit"}  # a browser sends these only where they are chosen


class Clicker:
    """Follows links and sends forms by their words, as a browser does.

    Counts presses, queries and seconds.
    """

    page: BeautifulSoup
    path: str

    def __init__(self, client: Client) -> None:
        self.client = client
        self.presses, self.queries, self.seconds = 0, 0, 0.0
        self.typed: dict[str, str] = {}
        self._load("get", "/admin/")

    def _load(self, method: str, path: str, fields: dict[str, str] | None = None) -> None:
        start = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            response = getattr(self.client, method)(path, fields, follow=True)
        self.seconds += time.perf_counter() - start
        self.queries += len(captured)
        assert response.status_code == 200, (path, response.status_code)
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else path
        self.page, self.typed = BeautifulSoup(response.content, "html.parser"), {}

    def fill(self, name: str, value: str) -> None:
        self.typed[name] = value

    def press(self, words: str) -> None:
        """The first link or button with these words."""
        self.presses += 1
        buttons = self.page.select("a[href], button, input[type=submit]")
        element = next(row for row in buttons if words_of(row) == words)
        if element.name == "a":
            self._load("get", self._address(attribute(element, "href")))
            return
        form = element.find_parent("form")
        assert form, words
        fields = self._fields(form)
        if name := attribute(element, "name"):
            fields[name] = attribute(element, "value")
        address = self._address(attribute(form, "action") or self.path)
        self._load(attribute(form, "method").lower() or "get", address, fields)

    def _address(self, href: str) -> str:
        return self.path.split("?")[0] + href if href.startswith("?") else href

    def _fields(self, form: Tag) -> dict[str, str]:
        """What a browser would send, with what was typed."""
        fields = {}
        for row in form.select("input[name], textarea[name], select[name]"):
            name = attribute(row, "name")
            typed = [value for key, value in self.typed.items() if name.endswith(key)]
            if typed:
                fields[name] = typed[0]
            elif attribute(row, "type") not in CHOSEN or row.has_attr("checked"):
                fields[name] = row.text if row.name == "textarea" else attribute(row, "value")
        return fields


def attribute(element: Tag, name: str) -> str:
    """An attribute's value; nothing where it is not there."""
    return str(element.get(name, ""))


def words_of(element: Tag) -> str:
    words = attribute(element, "value") if element.name == "input" else element.text
    return " ".join(words.split())


def crowd(world: StaffWorld, number: int) -> None:
    """So many more people with a place, each with a task, a need and a failed mail."""
    rows = many_who_attended(world.over, number)
    arranged, what = AccessNeed.State.ARRANGED, {"code": "captions"}
    needs = [AccessNeed(registration=row, what=what, state=arranged) for row in rows]
    AccessNeed.objects.bulk_create(needs)
    earlier = clock.now() - timedelta(hours=1)
    by_phone = Message.State.WAITING, Message.Channel.PHONE
    failed = Message.State.FAILED, Message.Channel.EMAIL
    for state, channel in (by_phone, failed):
        messages = [message_about(row, state, channel, earlier) for row in rows]
        Message.objects.bulk_create(messages)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does by itself


def many_who_attended(session: Session, number: int) -> list[Registration]:
    people = Person.objects.bulk_create(PersonFactory.build(password="!") for _ in range(number))
    Session.objects.filter(pk=session.pk).update(places=number + 10)
    attended = Registration.State.ATTENDED
    return Registration.objects.bulk_create(
        Registration(session=session, person=person, state=attended, seat=seat)
        for seat, person in enumerate(people, 100)
    )


def message_about(row: Registration, state: str, channel: str, at: datetime) -> Message:
    return Message(
        person=row.person,
        channel=channel,
        kind="after",
        about=row.pk,
        state=state,
        revision=state,
        message_id=f"<{state}-{row.pk}>",
        created_at=at,
        due_at=at,
    )


@dataclass
class Task:
    """What staff do, and how the world looks when it is done."""

    name: str
    steps: Callable[[Clicker], None]
    is_done: Callable[[StaffWorld], bool]

    def done_in_a_world_of(self, number: int) -> Clicker:
        """Do it in a fresh world, which is rolled back; returns the counts."""
        with transaction.atomic():
            world = make_staff_world()
            give_back(world.registrations["kim"])
            crowd(world, number)
            client = browser_of(world.staff)
            client.get("/admin/")  # warm
            clicker = Clicker(client)
            self.steps(clicker)
            assert self.is_done(world), self.name
            transaction.set_rollback(True)
        return clicker


def tell(task: Task) -> None:
    small, large = (task.done_in_a_world_of(number) for number in SIZES)
    columns = "".join(f"   {row.queries:7} {row.seconds:14.2f}" for row in (small, large))
    ratio = large.seconds / small.seconds
    print(f"{task.name:34} {small.presses:7}{columns}      {ratio:6.2f}", flush=True)


def main() -> None:
    with setting.database():
        CommunityFactory()
        columns = "".join(f"   queries, seconds at {size}" for size in SIZES)
        print(f"{'task':34} presses{columns}   ratio")
        for name, (steps, is_done) in TASKS.items():
            tell(Task(name, steps, is_done))


if __name__ == "__main__":
    main()
