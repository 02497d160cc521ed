"""How templates are laid out, and what a part is handed."""

import re
from pathlib import Path

from django.conf import settings
from django.template import Context, RequestContext, engines

TEMPLATES = Path(settings.BASE_DIR) / "templates"
INCLUDE = re.compile(r"{% include (?P<part>\S+)(?P<rest>[^%]*)%}")

# Parts of one page that need so much of it that naming each value would say nothing new.
# docs/style.md says when a part may stand here.
TAKES_THE_PAGE = {
    "admin/_find_person.html",
    # Parts of a row that was handed its own names already: a copy of them for each row costs time.
    "admin/events/session/_board_row_acts.html",
    "admin/events/session/_board_row_facts.html",
    "elements/top.html",
    "events/conversations/_booking_state.html",
    "events/conversations/_choose.html",
    "events/conversations/_coming.html",
    "events/conversations/email/_kept_times.html",
    "events/conversations/host/_at_risk.html",
    "events/conversations/host/_outcome.html",
    "events/conversations/host/_week.html",
    "events/sessions/_again.html",
    "events/sessions/_state_offered.html",
    "payments/_arrived.html",
    "payments/_expenses.html",
    "policy_drafts/desk/_beside.html",
    "policy_drafts/desk/_page.html",
    "policy_drafts/desk/_row.html",
    "policy_drafts/drafts/_follow.html",
    "registration.state_template",
}


def templates():
    return sorted(TEMPLATES.rglob("*.html"))


def includes():
    """Each include of one of our parts: the page, the part, and what the tag says after it."""
    for path in templates():
        page = str(path.relative_to(TEMPLATES))
        for found in INCLUDE.finditer(path.read_text()):
            part = found["part"].strip('"')
            is_ours = not part.endswith(".html") or (TEMPLATES / part).exists()
            # crispy-forms hands its whole context on to the parts of its forms
            if is_ours and not page.startswith("forms/"):
                yield page, part, found["rest"].strip()


def test_no_line_of_a_template_is_longer_than_120_characters():
    longest = {path: max(map(len, path.read_text().splitlines())) for path in templates()}

    assert {str(path): length for path, length in longest.items() if length > 120} == {}


def test_parts_are_handed_what_they_need_by_name():
    handed_all = {part for _, part, rest in includes() if not rest.endswith("only")}

    assert handed_all == TAKES_THE_PAGE


def test_part_with_a_form_is_handed_the_token_of_its_page():
    without = [
        (page, part)
        for page, part, rest in includes()
        if rest.endswith("only")
        and "csrf_token" in (TEMPLATES / part).read_text()
        and "csrf_token=csrf_token" not in rest
    ]

    assert without == []


def test_part_included_with_only_sees_no_value_of_a_context_processor(rf):
    django = engines["django"]
    page = django.from_string(
        '{% include part only %}{% include part with community="Ours" only %}'
    )
    part = django.from_string("[{{ community }}]")
    context = RequestContext(rf.get("/"), {"part": part.template})

    assert page.template.render(context) == "[][Ours]"
    assert part.template.render(Context({"community": "Named"})) == "[Named]"
