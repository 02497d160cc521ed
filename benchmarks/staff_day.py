"""Staff's twenty daily tasks from Today on: presses, queries and seconds, with ten people and with
two thousand.

    python -m benchmarks.staff_day

In one process, so the seconds are the application's and the database's, without a browser. Each
task begins on Today, whose own cost is in the first line and the first press.
"""

import re
import time
from datetime import timedelta

from bs4.element import AttributeValueList, Tag
from django.test.client import Client

from benchmarks import setting
from tests.journeys.staff_world import StaffWorld

SIZES = (10, 2000)


class Clicker:
    """Follows links and sends forms by their words, as a browser does; counts presses, queries and
    seconds.
    """

    def __init__(self, client: Client) -> None:
        self.client, self.presses, self.queries, self.seconds, self.typed = client, 0, 0, 0.0, {}
        self._load("get", "/admin/")

    def _load(self, method: str, path: str, data=None) -> None:
        from bs4 import BeautifulSoup
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        start = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            response = getattr(self.client, method)(path, data, follow=True)
        self.seconds += time.perf_counter() - start
        self.queries += len(captured)
        assert response.status_code == 200, (path, response.status_code)
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else path
        self.page, self.typed = BeautifulSoup(response.content, "html.parser"), {}

    @staticmethod
    def _words(element: Tag) -> str:
        return re.sub(
            r"\s+", " ", element.get("value", "") if element.name == "input" else element.text
        ).strip()

    def fill(self, name, value) -> None:
        self.typed[name] = value

    def press(self, words) -> None:
        """The first link or button with these words."""
        self.presses += 1
        buttons = self.page.select("a[href], button, input[type=submit]")
        element = next(row for row in buttons if self._words(row) == words)
        if element.name == "a":
            self._load("get", self._address(element["href"]))
            return
        form = element.find_parent("form")
        fields = self._fields(form)
        if element.get("name"):
            fields[element["name"]] = element["value"]
        self._load(
            form.get("method", "get").lower(),
            self._address(form.get("action") or self.path),
            fields,
        )

    def _address(self, href: AttributeValueList | str):
        return self.path.split("?")[0] + href if href.startswith("?") else href

    def _fields(self, form: Tag | None):
        """What a browser would send, with what was typed."""
        fields = {}
        for row in form.select("input[name], textarea[name], select[name]"):
            name, kind = row["name"], row.get("type")
            typed = next(
                (value for key, value in self.typed.items() if name == key or name.endswith(key)),
                None,
            )
            if typed is not None:
                fields[name] = typed
            elif kind not in {"radio", "checkbox", "submit"} or row.has_attr("checked"):
                fields[name] = row.get("value", row.text if row.name == "textarea" else "")
        return fields


def crowd(world: StaffWorld, number) -> None:
    """So many more people with a place, each with a task, a need and a failed mail."""
    from django.db import connection

    from collective import clock
    from collective.models import Message, Person
    from events.models import AccessNeed, Registration, Session
    from tests.factories import PersonFactory

    people = Person.objects.bulk_create(PersonFactory.build(password="!") for _ in range(number))
    Session.objects.filter(pk=world.over.pk).update(places=number + 10)
    rows = Registration.objects.bulk_create(
        Registration(session=world.over, person=person, state="attended", seat=seat)
        for seat, person in enumerate(people, 100)
    )
    AccessNeed.objects.bulk_create(
        AccessNeed(registration=row, what={"code": "captions"}, state="arranged") for row in rows
    )
    earlier = clock.now() - timedelta(hours=1)
    for state, channel in (("waiting", "phone"), ("failed", "email")):
        Message.objects.bulk_create(
            Message(
                person=row.person,
                channel=channel,
                kind="after",
                about=row.pk,
                state=state,
                revision=state,
                message_id=f"<{state}-{row.pk}>",
                created_at=earlier,
                due_at=earlier,
            )
            for row in rows
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does by itself


def one(name: str, steps, is_done, number: int) -> tuple[int, int, float]:
    """(presses, queries, seconds) of one task in a fresh world; rolled back afterwards."""
    from django.db import transaction
    from django.test import Client

    from tests.journeys.staff_world import give_back, make_staff_world
    from tests.signed_in import with_second_factor

    with transaction.atomic():
        world = make_staff_world()
        give_back(world.registrations["kim"])
        crowd(world, number)
        client = Client()
        client.force_login(world.staff)
        with_second_factor(client, world.staff)
        client.get("/admin/")  # warm
        clicker = Clicker(client)
        steps(clicker)
        assert is_done(world), name
        transaction.set_rollback(True)
    return clicker.presses, clicker.queries, clicker.seconds


def main() -> None:
    with setting.database():
        from django.conf import settings

        from tests.factories import CommunityFactory
        from tests.journeys.staff_tasks import TASKS

        settings.ALLOWED_HOSTS.append("testserver")
        CommunityFactory()
        print(
            f"{'task':34} presses"
            + "".join(f"   queries, seconds at {size}" for size in SIZES)
            + "   ratio"
        )
        for name, (steps, is_done) in TASKS.items():
            small, large = (one(name, steps, is_done, number) for number in SIZES)
            columns = "".join(
                f"   {queries:7} {seconds:14.2f}" for _, queries, seconds in (small, large)
            )
            print(f"{name:34} {small[0]:7}{columns}      {large[2] / small[2]:6.2f}", flush=True)


if __name__ == "__main__":
    main()
