"""Every link of every page leads somewhere, whoever follows it."""

import pytest
from django.core.files.base import ContentFile

from collective.pages import first_pages
from policy_drafts.models import DraftFile
from tests.cases import PEOPLE
from tests.factories import CoordinatorFactory, FinanceFactory, PersonFactory, sign_up
from tests.journeys.staff_world import make_staff_world
from tests.journeys.world import make_world
from tests.portal import links
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.fixture
def people():
    """One of everything, with people whose names are hard, and somebody of each kind."""
    first_pages.ensure()
    world, staff = make_world(), make_staff_world()
    for row in PEOPLE["names"][:14]:
        sign_up(staff.session, PersonFactory(name=row["kept"]))
    for row in DraftFile.objects.filter(state=DraftFile.State.READY):
        row.file.save("draft.pdf", ContentFile(b"%PDF"))
    return {
        "visitor": None,
        "member": world.member,
        "host": world.talks["series"].host,
        "lead": world.policy["lead"],
        "coordinator": CoordinatorFactory(name="Cora"),
        "finance": FinanceFactory(name="Fin"),
    }


@pytest.mark.thorough
def test_every_link_of_every_page_leads_somewhere(people):
    walked = {kind: links.walk(browser_of(person)) for kind, person in people.items()}

    assert {kind: broken for kind, (broken, _) in walked.items() if broken} == {}
    assert all(len(looked) > 15 for _, looked in walked.values())
    assert len(walked["coordinator"][1]) > 60


def test_walk_finds_a_link_that_leads_nowhere(community):
    first_pages.ensure()
    page = first_pages.Page.objects.get(slug="about")
    page.body = '<p><a href="/pages/was-here/">Here</a></p>'
    page.save()

    broken, _ = links.walk(browser_of())

    assert broken == {"/pages/was-here/": (404, "/pages/about/")}
