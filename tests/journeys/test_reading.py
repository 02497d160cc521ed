"""A draft as readers meet it: its text first on a phone, its contents beside it on a desk."""

import pytest

from tests.factories import PolicyFactory, published, section_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOP = "element => Math.round(element.getBoundingClientRect().top)"
MARKED = "[...document.querySelectorAll('[aria-current=location]')].map(row => row.textContent)"


@pytest.fixture
def draft(site):
    policy = PolicyFactory(slug="safe", title="Safety policy")
    for title in ("Why", "What", "How"):
        section_in(policy, "<p>We look after each other.</p>" * 30, title)
    published(policy, news="We listen. " * 60)
    return published(policy, news="We listen. " * 60)


def page_of(draft, site, new_context, **options):
    page = new_context(**options).new_page()
    page.goto(site + draft.get_absolute_url())
    return page


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_text_begins_within_a_screen_and_a_half_of_a_phone(draft, site, new_context, width, height):
    page = page_of(draft, site, new_context, viewport={"width": width, "height": height})

    assert page.locator(".part").first.evaluate(TOP) < 1.5 * height
    page.click("summary:text-is('Contents')")
    page.click(".contents a:text-is('How')")
    assert abs(page.locator("h2:text-is('3. How')").evaluate(TOP)) < height / 4


def test_contents_stay_beside_the_text_and_say_where_the_reader_is(draft, site, new_context):
    page = page_of(draft, site, new_context, viewport={"width": 1024, "height": 768})
    page.locator("h2:text-is('2. What')").evaluate("row => row.scrollIntoView()")
    page.wait_for_selector(".contents [aria-current]:text-is('What')")

    assert page.evaluate(MARKED) == ["What"]
    assert 0 <= page.locator(".contents a").first.evaluate(TOP) < 200
    assert page.is_visible("h2:text-is('What is new')")
    assert not page.is_visible(".contents summary")


def test_contents_and_news_can_be_read_without_a_script_and_on_paper(draft, site, new_context):
    page = page_of(draft, site, new_context, java_script_enabled=False)
    page.emulate_media(media="print")

    assert page.is_visible(".contents a >> nth=0") and page.is_visible("text=We listen.")
