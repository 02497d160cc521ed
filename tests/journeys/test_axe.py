"""Every page in every state, at 320 and 1280 px, light and dark: axe finds nothing, nothing runs
over the edge.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver

from collective import clock
from collective.messages import addresses
from collective.models import (
    AddressChange,
    DeletionRequest,
    InterruptedForm,
    RecordJoin,
    SignIn,
)
from collective.safety.link_keys import key_for
from events.models import SignUpDraft
from policy_drafts.desk import outline, writing
from tests.factories import (
    PayoutAccountFactory,
    PersonFactory,
)
from tests.journeys import heard, large
from tests.journeys.browsers import sign_in as signed_in
from tests.journeys.payment_world import STATES as PAYMENT_STATES
from tests.journeys.policy_world import ROWS as POLICY_ROWS
from tests.journeys.talk_world import STATES
from tests.journeys.world import make_world
from tests.messages import path_of
from tests.portal.test_access_matrix import names

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# WCAG 2.2 A and AA, and axe's best practices; what passes need not be told in full.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SCHEMES = ("light", "dark")
# Waiting for them instead can last for ever: a page behind another one may not be drawn at all.
END_TRANSITIONS = "() => document.getAnimations().forEach(row => row.finish())"
VISITOR, MEMBER, STAFF, HOST, LEAD = "visitor", "member", "staff", "host", "lead"


def registration_rows():
    for state in (
        "confirmed",
        "waiting",
        "offered",
        "attended",
        "missed",
        "cancelled",
        "lapsed",
        "joining",
        "leaving",
    ):
        yield (
            f"registration {state}",
            MEMBER,
            lambda world, state=state: f"/registrations/{world.registrations[state].pk}/",
        )


def keyed(world, path=""):
    pk = world.registrations["confirmed"].pk
    return f"/registrations/{pk}/{path}?key={key_for('registration', pk)}"


def asked_for_another_address(world):
    for email in ("new@example.org", world.member.email):
        SignIn.objects.create(email=email, network="x", person=world.member)
    return "/me/email/"


def address_change(world):
    change = AddressChange.objects.create(
        person=world.member, email="new@example.org", due_at=clock.now() + timedelta(days=3)
    )
    return f"/email-changes/{change.pk}/stop/?key={key_for('address change', change.pk)}"


def part_records(world):
    """The page behind the link in the mail about a join."""
    kept, gone = PersonFactory(), PersonFactory()
    pk = RecordJoin.objects.create(kept=kept, gone=gone, moved={}).pk
    return f"/joined-records/{pk}/part/?key={key_for('part records', pk)}"


def noted_death(world):
    """The page on which somebody who was noted as dead says that it is wrong."""
    person, due = PersonFactory(), clock.now() + timedelta(days=7)
    asked = DeletionRequest.objects.create(person=person, how="died", due_at=due)
    return f"/me/data/delete/{asked.public_id}/stop/?key={key_for('forgetting', asked.public_id)}"


def own_code(world):
    pk = SignIn.objects.create(email=world.member.email, network="x").pk
    return f"/accounts/login/own/{pk}/?key={key_for('own code', pk)}"


def of(state, path):
    return lambda world: f"/registrations/{world.registrations[state].pk}/{path}"


def payment(state, path=""):
    return lambda world: f"/payments/{world.payments[state].pk}/{path}"


def talk(state, path=""):
    return lambda world: f"/bookings/{world.talks[state].pk}/{path}"


def host(path=""):
    def address(world):
        keys = {name: row.pk for name, row in world.talks.items()}
        return f"/conversations/talk/host/{path.format(**keys)}"

    return address


def to_book(name, path=""):
    slug = "talk" if name == "free" else name
    return lambda world: f"/conversations/{slug}/book/{world.talks[name].pk}/{path}"


TALK_ROWS = [
    ("conversations", VISITOR, "/conversations/talk/"),
    ("conversations signed in", MEMBER, "/conversations/talk/"),
    (
        "conversations day",
        MEMBER,
        lambda world: f"/conversations/talk/?day={world.talks['free'].day}",
    ),
    ("conversations booked", MEMBER, "/conversations/talk-booked/"),
    ("conversations taken", MEMBER, "/conversations/taken/"),
    *(
        (f"conversations {state}", VISITOR, f"/conversations/series-{state}/")
        for state in ("to-be-confirmed", "closed", "cancelled", "happened")
    ),
    ("book_conversation", MEMBER, to_book("free")),
    ("book_conversation taken", MEMBER, to_book("taken")),
    ("check_booking", MEMBER, to_book("free", "check/")),
    ("ask_for_time", MEMBER, "/conversations/talk/other-times/"),
    *((f"booking {state}", MEMBER, talk(state)) for state in STATES),
    (
        "booking by link",
        VISITOR,
        lambda world: (
            f"/bookings/{world.talks['booked'].pk}/"
            f"?key={key_for('booking', world.talks['booked'].pk)}"
        ),
    ),
    ("move_booking", MEMBER, talk("booked", "move/")),
    ("move_booking nothing", MEMBER, talk("held", "move/")),
    (
        "move_booking_to",
        MEMBER,
        lambda world: (
            f"/bookings/{world.talks['booked'].pk}/move/"
            f"{world.talks['booked'].series.slots.last().pk}/"
        ),
    ),
    ("cancel_booking", MEMBER, talk("booked", "cancel/")),
    ("take_back_booking", MEMBER, talk("leaving", "take-back/")),
    ("booking given up by a link", MEMBER, talk("leaving")),
    ("cancel_booking nothing", MEMBER, talk("held", "cancel/")),
    ("booking_answers", MEMBER, talk("booked", "answers/")),
    ("booking_capacity", MEMBER, talk("booked", "capacity/")),
    ("forget_booking", MEMBER, talk("held", "remove/")),
    ("time_zone", MEMBER, "/me/time-zone/"),
    ("host", HOST, host()),
    ("host week", HOST, lambda world: f"/conversations/talk/host/?week={world.talks['free'].day}"),
    (
        "host_day",
        HOST,
        lambda world: f"/conversations/talk/host/days/{world.talks['theirs'].slot.day}/",
    ),
    ("host_times", HOST, host("times/")),
    ("host_weekly", HOST, host("times/weekly/")),
    ("host_single_day", HOST, host("times/day/")),
    ("host_day_off", HOST, host("times/day-off/")),
    ("host_rules", HOST, host("times/rules/")),
    ("host_remove_hours", HOST, host("times/{hours}/remove/")),
    ("host_request", HOST, host("requests/{wish}/")),
    ("host_conversation", HOST, host("{theirs}/")),
    ("host_cancel", HOST, host("{theirs}/cancel/")),
]


def stop_forgetting(world):
    """The page behind the link in the receipt."""
    pk = DeletionRequest.objects.create(person=PersonFactory(), due_at=clock.now()).public_id
    return f"/me/data/delete/{pk}/stop/?key={key_for('forgetting', pk)}"


def once_more(world):
    """A form that was sent while the member was signed out, with a file."""
    sent = {
        "path": "/me/name/",
        "page": "/me/name/",
        "why": "out",
        "pairs": [["name", ["Sam"]], ["why", ["One line.\n\nAnother."]]],
        "files": [["receipt", "bus.jpg"]],
    }
    pk = InterruptedForm.objects.create(person=world.member, sent=sent).pk
    return f"/once-more/{pk}/"


def address_of_a_button(world):
    return f"/registrations/{world.registrations['offered'].pk}/offer/accept/"


ROWS = [
    *TALK_ROWS,
    *POLICY_ROWS,
    ("payments", MEMBER, "/me/payments/"),
    *((f"payment {state}", MEMBER, payment(state)) for state in PAYMENT_STATES),
    ("payment_choose", MEMBER, payment("due", "choose/")),
    ("payment_choose approved", MEMBER, payment("approved", "choose/")),
    ("add_expense", MEMBER, payment("chosen", "expenses/")),
    ("payment_missing", MEMBER, payment("arrived", "missing/")),
    ("payout_account", MEMBER, "/me/payments/account/"),
    ("payout_account_return", MEMBER, "/me/payments/account/back/"),
    ("payout_account_by_hand", MEMBER, "/me/payments/account/by-hand/"),
    ("payout_account_remove", MEMBER, "/me/payments/account/remove/"),
    ("payment_letter", MEMBER, "/me/payments/letter/"),
    ("correct_capacity", MEMBER, of("attended", "capacity/")),
    ("home", VISITOR, "/"),
    ("home signed in", MEMBER, "/"),
    ("call", VISITOR, lambda world: world.call.get_absolute_url()),
    ("call signed in", MEMBER, lambda world: world.call.get_absolute_url()),
    *(
        (f"session {name}", VISITOR, f"/sessions/{name}/")
        for name in ("open", "full", "later", "closed", "cancelled", "happened", "near")
    ),
    ("sign_up", MEMBER, "/sessions/open/sign-up/"),
    ("sign_up full", MEMBER, "/sessions/full/sign-up/"),
    ("sign_up closed", MEMBER, "/sessions/closed/sign-up/"),
    ("check_answers", MEMBER, "/sessions/near/sign-up/check/"),
    *registration_rows(),
    ("registration by link", VISITOR, keyed),
    ("give_up", MEMBER, of("confirmed", "give-up/")),
    ("take_back", MEMBER, of("leaving", "take-back/")),
    ("give_up waiting", MEMBER, of("waiting", "give-up/")),
    ("give_up nothing", MEMBER, of("missed", "give-up/")),
    ("offer", MEMBER, of("offered", "offer/")),
    ("decline_offer", MEMBER, of("offered", "offer/decline/")),
    ("decline_offer lapsed", MEMBER, of("lapsed", "offer/decline/")),
    ("offer lapsed", MEMBER, of("lapsed", "offer/")),
    ("change_access_needs", MEMBER, of("confirmed", "access-needs/")),
    ("follow_call", MEMBER, lambda world: f"/calls/{world.call.slug}/follow/"),
    ("follow_activity", MEMBER, "/activities/later/follow/"),
    (
        "stop_following",
        VISITOR,
        lambda w: f"/follows/{w.follow.pk}/stop/?key={key_for('follow', w.follow.pk)}",
    ),
    (
        "stop_news",
        VISITOR,
        lambda w: path_of(addresses.stop_news(w.follow)),
    ),
    (
        "stop_reminders",
        VISITOR,
        lambda w: f"/reminders/{w.member.pk}/stop/?key={key_for('reminders', w.member.pk)}",
    ),
    ("page", VISITOR, "/pages/about/"),
    ("page support", VISITOR, "/pages/support/"),
    ("display", VISITOR, "/display/"),
    ("me", MEMBER, "/me/"),
    ("name", MEMBER, "/me/name/"),
    ("change_email", MEMBER, "/me/email/"),
    ("change_email codes", MEMBER, asked_for_another_address),
    ("stop_address_change", VISITOR, address_change),
    ("part_records", VISITOR, part_records),
    ("devices", MEMBER, "/me/devices/"),
    ("mail_settings", MEMBER, "/me/mail/"),
    ("data", MEMBER, "/me/data/"),
    ("ask_to_delete", MEMBER, "/me/data/delete/"),
    ("stop_forgetting", VISITOR, stop_forgetting),
    ("stop_forgetting death", VISITOR, noted_death),
    ("privacy", VISITOR, "/pages/privacy/"),
    ("account_login", VISITOR, "/accounts/login/"),
    ("code", VISITOR, "/accounts/login/code/"),
    ("own_code", VISITOR, own_code),
    ("account_logout", MEMBER, "/accounts/logout/"),
    ("account_inactive", VISITOR, "/accounts/inactive/"),
    ("once_more", MEMBER, once_more),
    ("error 405", MEMBER, address_of_a_button),
    ("not_staff", MEMBER, "/accounts/not-staff/"),
    ("mfa_index", STAFF, "/accounts/2fa/"),
    ("mfa_activate_totp", STAFF, "/accounts/2fa/totp/activate/"),
    ("mfa_generate_recovery_codes", STAFF, "/accounts/2fa/recovery-codes/generate/"),
    ("error 404", VISITOR, "/nothing-here/"),
    ("error 400", VISITOR, "/?x=%00"),
    ("admin index", STAFF, "/admin/"),
    *(
        (f"admin {model}", STAFF, f"/admin/{model}/")
        for model in (
            "events/session",
            "events/registration",
            "collective/call",
            "collective/activity",
            "collective/person",
            "collective/message",
            "collective/page",
            "collective/supportline",
            "collective/community",
        )
    ),
    (
        "admin session",
        STAFF,
        lambda world: f"/admin/events/session/{world.sessions['open'].pk}/change/",
    ),
    (
        "admin places",
        STAFF,
        lambda world: f"/admin/events/session/{world.sessions['full'].pk}/places/",
    ),
    (
        "admin attendance",
        STAFF,
        lambda world: f"/admin/events/session/{world.sessions['full'].pk}/attendance/",
    ),
    (
        "admin act",
        STAFF,
        lambda world: f"/admin/events/session/{world.sessions['open'].pk}/acts/close/",
    ),
    (
        "admin registration",
        STAFF,
        lambda world: f"/admin/events/registration/{world.registrations['confirmed'].pk}/change/",
    ),
    ("admin call", STAFF, lambda world: f"/admin/collective/call/{world.call.pk}/change/"),
]
# Addresses that show no page of their own: they redirect, download, answer a form, or are for
# machines.
NO_PAGE = {
    "picture",
    "download",
    "calendar_file",
    "material",
    "press_again",
    "sign_up_again",
    "accept_offer",
    "new_code",
    "sign_out_there",
    "sign_out_elsewhere",
    "payout_account_start",
    "payout_account_keep",
    "payment_year",
    "payment_arrived",
    "payment_statement",
    "withdraw_expense",
    "receipt",
    "stripe_webhook",
    "withdraw_wish",
    "sign_in_again",
    "booking_calendar",
    "host_close_slot",
    "host_reopen_slot",
    "host_settle_request",
    "host_note",
    "host_outcome",
    "host_undo_outcome",
    "host_link",
    "host_passed_on",
    "working_copy",
    "policy_picture",
    "draft_file",
    "other_version",
    "remove_version",
    "add_section",
    "add_heard",
    "remove_heard",
    "keep_typed",
    "here",
    "add_picture",
    "move_section",
    "place_section",
    "put_back_section",
    "live",
    "ready",
    "metrics",
    "robots",
    "look",
    "mark",
    "account_reauthenticate",
    "mfa_download_recovery_codes",
}
# These need an app that is set up; test_staff_journey walks through them.
IN_JOURNEYS = {
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
}


def test_each_address_has_a_row():
    covered = {name.split(" ")[0] for name, _, _ in ROWS} | NO_PAGE | IN_JOURNEYS

    assert {
        name for name in names(get_resolver()) if not name.startswith("admin:")
    } - covered == set()


def problems(page, axe):
    """What axe finds, what is heard wrongly, and what does not fit, also with lines far apart."""
    return seen_by(page, axe) + large.wrong(page)


def seen_by(page, axe):
    """What axe finds, and what is heard wrongly."""
    if page.query_selector("form#write"):
        page.wait_for_selector("form[data-ready=yes]")
    found = [
        f"{row['id']}: {row['nodes'][0]['html'][:150]}"
        for row in axe.run(page, options=RULES).response["violations"]
    ]
    return found + heard.wrong(page, is_django_s_own="/admin/" in page.url)


def problems_in_both_schemes(page, axe):
    """{scheme: problems}, of one page in light and in dark; what fits is the same in both."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(END_TRANSITIONS)
        found[scheme] = seen_by(page, axe)
    found["in any scheme"] = large.wrong(page)
    return {scheme: rows for scheme, rows in found.items() if rows}


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_page(site, new_context, width):
    world, axe, found = make_world(), Axe(), {}
    keep_answers(world)
    PayoutAccountFactory(person=world.member)
    options = {"viewport": {"width": width, "height": 900}}
    pages = {
        VISITOR: new_context(**options).new_page(),
        MEMBER: signed_in(new_context(**options), site, world.member).new_page(),
        STAFF: signed_in(new_context(**options), site, world.staff).new_page(),
        HOST: signed_in(new_context(**options), site, world.talks["series"].host).new_page(),
        LEAD: signed_in(new_context(**options), site, world.policy["lead"]).new_page(),
    }
    ask_for_a_code(pages[VISITOR], site)
    for name, who, path in ROWS:
        pages[who].goto(site + (path(world) if callable(path) else path))
        found[name] = problems_in_both_schemes(pages[who], axe)

    assert {name: rows for name, rows in found.items() if rows} == {}


def keep_answers(world):
    answers = {
        "capacity": ["personal"],
        "coming_along": ["nobody"],
        "access_notes": ["slowly"],
        "agree": ["on"],
    }
    SignUpDraft.objects.create(
        person=world.member, session=world.sessions["near"], answers=answers, updated_at=clock.now()
    )


def ask_for_a_code(page, site):
    page.goto(f"{site}/accounts/login/")
    page.fill("[name=email]", "new@example.org")
    page.click("main button")


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_forms_with_errors(site, new_context, width):
    world, axe, found = make_world(), Axe(), {}
    context = signed_in(new_context(viewport={"width": width, "height": 900}), site, world.member)
    paths = [
        "/sessions/open/sign-up/",
        "/me/name/",
        payment("due", "choose/")(world),
        payment("chosen", "expenses/")(world),
        "/me/payments/account/by-hand/",
        "/me/payments/letter/",
        "/conversations/talk/other-times/",
    ]
    for path in paths:
        page = context.new_page()
        page.goto(site + path)
        if path == "/me/name/":
            page.fill("[name=name]", "")
        page.click("main form button")
        found[path] = problems(page, axe)
        assert page.title().startswith("Error:")
        assert page.evaluate("document.activeElement.id") == "problems"

    assert found == {key: [] for key in paths}


DESK = "/policies/safe/write/"
DESK_FORMS = {  # name: address, what to do before, the button
    "add": (DESK, "", "#add button"),
    "heard": (DESK, "#heard summary", "#heard details button"),
    "section": ("section", "title", "#write .bar button >> nth=0"),
    "import": (f"{DESK}import/", "", "main form button"),
    "people": (f"{DESK}people/", "", "#invite button"),
    "publish": (f"{DESK}publish/", "", "[name=publish]"),
    "split": ("split/", "", "main form button"),
    "versions": ("/policies/safe/drafts/4/versions/", "", "main form button >> nth=-1"),
    "open": ("/policies/safe/drafts/4/open/", "", "main form button"),
    "withdraw": ("/policies/safe/drafts/4/withdraw/", "", "main form button"),
}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_forms_of_the_desk_with_errors(site, new_context, width, scheme):
    world, axe, found = make_world(), Axe(), {}
    context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    signed_in(context, site, world.policy["lead"])
    for name, (path, before, button) in DESK_FORMS.items():
        page, section = context.new_page(), world.policy["section"].get_absolute_url()
        page.goto(site + (path if path.startswith("/") else section + path.replace("section", "")))
        if before == "title":
            page.fill("[name=title]", "")
        elif before:
            page.click(before)
        page.click(button)
        page.wait_for_selector("#problems")
        found[name] = problems(page, axe)

    assert found == {key: [] for key in DESK_FORMS}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_axe_finds_nothing_where_a_save_meets_something(site, new_context, width, scheme):
    world, axe, found = make_world(), Axe(), {}
    lead, section = world.policy["lead"], world.policy["section"]
    context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    signed_in(context, site, lead)
    meets = {
        "clash": lambda: writing.save(
            section, lead, 3, title="T", html="<p>Theirs.</p>", state="ready", notes="x"
        ),
        "removed": lambda: outline.remove(section),
        "signed out": context.clear_cookies,
    }
    for name, meet in meets.items():
        page = context.new_page()
        page.goto(site + section.get_absolute_url())
        page.wait_for_selector("form[data-ready=yes]")
        page.fill("[name=title]", f"Mine, {name}")
        page.fill("[name=notes]", "My note.")
        meet()
        with page.expect_navigation():
            page.click("#write .bar button >> nth=0")
        found[name] = [page.inner_text("h1") == "Why", *problems(page, axe)]
        if name == "removed":
            outline.put_back(section, lead)

    assert found == {"clash": [False], "removed": [False], "signed out": [False]}
