"""Richard writes in a real browser: he never loses a word, meets a clash, publishes once; a member
reads it.
"""

import pytest

from dev import servers
from policy_drafts.desk import writing
from policy_drafts.desk.readers.parts import Brought, Part
from policy_drafts.drafts import contents, trying
from policy_drafts.models import Draft, FilesTrial, Section, Unsaved
from tests import processes
from tests.factories import PersonFactory, PolicyFactory, published, role_in, section_in
from tests.journeys.browsers import sign_in
from tests.policy_drafts.cases import EXPECTED, FOLDER
from tests.policy_drafts.cases.checks import faults, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = ".ProseMirror"


@pytest.fixture
def policy(site):
    return PolicyFactory(slug="safe", title="Safety policy")


@pytest.fixture
def richard(policy):
    return role_in(policy, PersonFactory(name="Richard"))


@pytest.fixture
def section(policy, richard):
    return section_in(policy, "<p>We look after each other.</p>", "Why", richard)


def editor(context, site, section):
    """The editor, ready to type at the end of the text."""
    page = context.new_page()
    page.goto(site + section.get_absolute_url())
    page.wait_for_selector("form[data-ready=yes]")
    page.bring_to_front()
    page.evaluate(
        """() => {
          const editor = document.querySelector(".ProseMirror").editor
          editor.commands.setTextSelection(editor.state.doc.content.size - 1)
          editor.view.focus()
        }"""
    )
    return page


def wait_until_kept(page):
    page.wait_for_selector("#kept:has-text('What you typed is kept for you')")


def save(page):
    page.keyboard.press("Control+s")
    page.wait_for_selector("#kept:has-text('Saved at')")


def offered_back(context, site, section):
    """What the next visit offers: the editor's banner, then the page with what is different."""
    page = context.new_page()
    page.goto(site + section.get_absolute_url())
    page.wait_for_selector("#unsaved, h1:has-text('did not save')")
    page.goto(f"{site}{section.get_absolute_url()}unsaved/")
    return page.inner_text("main")


def test_closed_tab_loses_no_word(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    page.keyboard.type(" Always and")
    page.close(run_before_unload=True)

    assert "Always and" in offered_back(context, site, section)
    assert [block.text for block in Section.objects.get().blocks] == ["We look after each other."]


def test_what_is_typed_is_kept_within_three_seconds_also_while_typing_goes_on(
    site, new_context, richard, section
):
    page = editor(sign_in(new_context(), site, richard), site, section)
    for _ in range(40):
        page.keyboard.type("ab ", delay=40)
        if Unsaved.objects.exists():
            break

    assert Unsaved.objects.exists()


def test_lost_network_loses_no_word(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    context.set_offline(True)
    page.keyboard.type(" Without a net")
    page.wait_for_selector("#kept:has-text('There is no connection')")
    page.close()
    context.set_offline(False)

    assert "Without a net" in offered_back(context, site, section)


def test_lost_sign_in_loses_no_word(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    context.clear_cookies()
    page.keyboard.type(" Signed out")
    page.wait_for_selector("#kept:has-text('You may have been signed out')")
    page.close()
    sign_in(context, site, richard)

    assert "Signed out" in offered_back(context, site, section)


def test_ctrl_s_saves_and_what_was_kept_is_let_go(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.keyboard.type(" Always.")
    wait_until_kept(page)
    save(page)

    assert [block.text for block in Section.objects.get().blocks] == [
        "We look after each other. Always."
    ]
    assert not Unsaved.objects.open().exists()


def test_two_writers_meet_and_both_texts_are_saved(site, new_context, policy, richard, section):
    noor = role_in(policy, PersonFactory(name="Noor"))
    first = editor(sign_in(new_context(), site, richard), site, section)
    second = editor(sign_in(new_context(), site, noor), site, section)
    second.keyboard.press("Enter")
    second.keyboard.type("Noor was here.")
    second.click("#write .bar button >> nth=0")
    second.wait_for_selector("#kept:has-text('Saved at')")
    first.bring_to_front()
    first.keyboard.type(" Always.")
    with first.expect_navigation():
        first.click("#write .bar button >> nth=0")
    assert "Two of you wrote here" in first.inner_text("h1")
    with first.expect_navigation():
        first.click("button:has-text('Save both together')")

    assert [block.text for block in Section.objects.get().blocks] == [
        "We look after each other. Always.",
        "Noor was here.",
    ]


def test_richard_publishes_and_a_visitor_reads_and_compares(
    site, new_context, policy, richard, section
):
    page = sign_in(new_context(), site, richard).new_page()
    page.goto(f"{site}/policies/safe/write/publish/?for=public")
    page.fill("[name=news]", "It is the first.")
    trying.order(policy, contents.fingerprint(policy))
    FilesTrial.objects.update(state=FilesTrial.State.READY)  # as a worker would, were there one
    with page.expect_navigation():
        page.click("text=Publish draft 1 >> nth=-1")
    visitor = new_context(java_script_enabled=False).new_page()
    visitor.goto(f"{site}/policies/safe/")

    assert Draft.objects.get().news == "It is the first."
    assert "We look after each other." in visitor.inner_text("main")


@pytest.mark.parametrize("show", ["", "whole/"])
def test_what_changed_is_heard_in_whole_sentences(show, site, new_context, policy, section):
    published(policy)
    html = "<p>We always look after each other well.</p>"
    writing.save(section, PersonFactory(), 1, title="Why", html=html, state=Section.State.READY)
    published(policy)
    page = new_context().new_page()
    page.goto(f"{site}/policies/safe/drafts/2/changes/{show}")

    heard = page.locator("section.part").aria_snapshot()

    assert 'paragraph: "Now: We always look after each other well."' in heard
    assert 'paragraph: "Before: We look after each other."' in heard
    assert not any(role in heard for role in ("insertion", "deletion", "mark"))


def test_everything_at_the_desk_works_without_javascript(
    site, new_context, policy, richard, section
):
    page = sign_in(new_context(java_script_enabled=False), site, richard).new_page()
    page.goto(site + section.get_absolute_url())
    page.fill("[name=html]", "<p>Without a script.</p>")
    page.click("main button:has-text('Save') >> nth=0")

    assert [block.text for block in Section.objects.get().blocks] == ["Without a script."]


def test_text_pasted_with_what_runs_comes_out_clean(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.evaluate(
        """() => {
          const data = new DataTransfer()
          const image = "<img src=x onerror='window.ran=1'>"
          data.setData("text/html", `<p style='color:red'>Pasted <b>bold</b>${image}</p>`)
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true})
          document.querySelector(".ProseMirror").dispatchEvent(event)
        }"""
    )
    save(page)

    assert "<strong>bold</strong>" in Section.objects.get().html
    assert "onerror" not in Section.objects.get().html


def test_server_that_dies_loses_no_word(site, new_context, richard, section):
    port = servers.free_port()
    env = processes.environment(servers.free_port())
    with processes.web(env, port=port) as address:
        context = sign_in(new_context(), address, richard)
        page = editor(context, address, section)
        page.keyboard.type(" While it lives")
    page.keyboard.type(" and when it is dead.")
    page.wait_for_selector("#kept:has-text('There is no connection')")
    page.close()

    with processes.web(env, port=port) as address:
        assert "While it lives and when it is dead." in offered_back(context, address, section)


def test_new_sign_in_in_another_tab_does_not_stop_the_old_one(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    context.clear_cookies()
    page.keyboard.type(" Signed out")
    page.wait_for_selector("#kept:has-text('You may have been signed out')")
    sign_in(context, site, richard)
    page.keyboard.type(" and in again.")
    wait_until_kept(page)
    save(page)

    assert [block.text for block in Section.objects.get().blocks] == [
        "We look after each other. Signed out and in again."
    ]


def test_two_tabs_of_one_writer_keep_each_its_own(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    for words in (" First tab.", " Second tab."):
        page = editor(context, site, section)
        page.keyboard.type(words)
        wait_until_kept(page)
        page.close()

    offered = offered_back(context, site, section)

    assert "First tab." in offered and "Second tab." in offered


def test_what_was_let_go_is_not_offered_again(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    page.keyboard.type(" No.")
    page.close(run_before_unload=True)
    offered_back(context, site, section)
    page = context.pages[-1]
    with page.expect_navigation():
        page.click("text=Let it go")
    page.goto(site + section.get_absolute_url())
    page.wait_for_selector("form[data-ready=yes]")
    page.wait_for_timeout(300)

    assert page.query_selector("#unsaved") is None
    assert page.url == site + section.get_absolute_url()


def test_words_typed_after_going_back_to_a_saved_page_are_kept(site, new_context, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    page.keyboard.type(" Saved.")
    save(page)
    page.goto(site + "/policies/safe/write/")
    page.go_back()
    page.wait_for_selector("form[data-ready=yes]")
    page.click(TEXT)
    page.keyboard.press("Control+End")
    page.keyboard.type(" Typed after.")
    wait_until_kept(page)
    page.close()

    assert "Typed after." in offered_back(context, site, section)


def test_both_together_is_kept_while_it_is_typed(site, new_context, policy, richard, section):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    writing.save(
        section,
        role_in(policy, PersonFactory(name="Noor")),
        1,
        title="Why",
        html="<p>Hers.</p>",
        state="ready",
    )
    page.keyboard.type(" Mine.")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    page.wait_for_selector("form[data-ready=yes]")
    page.click(TEXT)
    page.keyboard.type("Combined words. ")
    wait_until_kept(page)
    page.close()

    assert "Combined words." in offered_back(context, site, section)


def test_toolbar_works_by_keyboard_alone(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.keyboard.press("Shift+Tab")
    for _ in range(40):
        if (
            page.evaluate(
                "document.activeElement.title || document.activeElement.ariaLabel || ''"
            ).lower()
            == "bold"
        ):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    pressed = page.get_attribute(
        ".prose-menubar button:focus, .prose-menubar button.active", "aria-pressed"
    )
    page.keyboard.type("Strong words.")
    save(page)

    assert pressed == "true"
    assert "<strong>Strong words.</strong>" in Section.objects.get().html


def test_quote_has_a_button(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.click("button[data-name=quote]")
    page.keyboard.press("Control+End")
    page.keyboard.type(" So they said.")
    save(page)

    assert [block.kind for block in Section.objects.get().blocks] == ["quote"]


def paste(page, html):
    page.evaluate(
        """(html) => {
          const data = new DataTransfer()
          data.setData("text/html", html)
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true})
          document.querySelector(".ProseMirror").dispatchEvent(event)
        }""",
        html,
    )


WORD = (
    "<h1>Head</h1><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span "
    "style='mso-list:Ignore'>·  </span>One"
    "</p><p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span "
    "style='mso-list:Ignore'>o  </span>Inner</p>"
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>· "
    " </span>Two</p>"
    "<p><del>gone</del><ins>added</ins></p>"
)
DOCS = (
    "<b style='font-weight:normal' id='docs-internal-guid-1'><p><span "
    "style='font-weight:400'>Plain </span>"
    "<span style='font-weight:700'>strong</span></p></b>"
)


@pytest.mark.parametrize(
    ("html", "holds"),
    [
        (WORD, ["<h3", ">Head</h3>", "<li><p", ">Inner</p></li></ul></li><li>", ">added</p>"]),
        (DOCS, ["Plain <strong>strong</strong></p>"]),
    ],
)
def test_what_is_pasted_from_word_and_google_docs_keeps_its_form(
    site, new_context, richard, section, html, holds
):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.keyboard.press("Enter")
    paste(page, html)
    save(page)
    stored = Section.objects.get().html

    assert [words for words in holds if words not in stored] == []
    assert "gone" not in stored and "·" not in stored


def test_pasted_picture_is_said_to_be_left_out(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    paste(page, "<p>See <img src='https://example.org/x.png' alt='x'></p>")

    page.wait_for_selector("#left-out:not(:empty)")
    assert "A picture was left out" in page.inner_text("#left-out")
    assert page.query_selector(f"{TEXT} img[src]") is None


PASTED_GONE = (
    "<p>Call<s> the </s>police<span hidden>Ask Kit.</span> now<del>later</del>."
    "<a href='#_msocom_1'>[RW1]</a><span class=msocomtxt>[RW1]In private.</span>"
    "<img src='https://example.org/x.png' alt='x'></p>"
)


def test_all_that_a_paste_leaves_out_is_said(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    paste(page, PASTED_GONE)

    assert "Call police now." in page.inner_text(TEXT)
    assert page.inner_text("#left-out").startswith(
        "Struck-out words were left out: “the”. Hidden words were left out: “Ask Kit.”. "
        "Comments were left out: “[RW1]In private.”. "
        "Words that a tracked change took out were left out: “later”. A picture was left out"
    )


def test_definition_is_typed_term_first(site, new_context, richard, section):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.keyboard.press("Enter")
    page.click("button[data-name=definitions]")
    page.keyboard.type("Harm")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("It hurts.")
    save(page)

    assert [(block.kind, block.text) for block in Section.objects.get().blocks][1:] == [
        ("term", "Harm"),
        ("definition", "It hurts."),
    ]


def test_going_back_to_a_page_from_before_a_colleagues_save_never_saves_over_it(
    site, new_context, policy, richard, section
):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    page.keyboard.type(" Mine.")
    wait_until_kept(page)
    noor = role_in(policy, PersonFactory(name="Noor"))
    writing.save(
        section,
        noor,
        1,
        title="Why",
        html="<p>We look after each other.</p><p>Hers.</p>",
        state="ready",
    )
    page.goto(site + "/policies/safe/write/people/")
    page.go_back()
    page.wait_for_selector("form[data-ready=yes]")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#kept:has-text('Saved at'), h1:has-text('Two of you')")

    assert "Hers." in Section.objects.get().html


def test_text_that_cannot_be_read_keeps_no_other_from_being_recovered(
    site, new_context, richard, section
):
    context = sign_in(new_context(), site, richard)
    page = editor(context, site, section)
    page.evaluate(
        """() => {
          const { who, keep } = document.getElementById("write").dataset
          const fields = { page: "00000000-0000-4000-8000-000000000001", started_from: "1" }
          const typed = { title: "Why", html: "<p>From this device.</p>", state: "writing" }
          localStorage.setItem(`unsaved:${who}:${keep}:0`, "{broken")
          localStorage.setItem(`unsaved:${who}:${keep}:1`, "null")
          localStorage.setItem(`unsaved:${who}:${keep}:2`, JSON.stringify({ ...fields, ...typed }))
        }"""
    )

    assert "From this device." in offered_back(context, site, section)


PASTED = [name for name, case in EXPECTED.items() if case.get("door") == "paste"]


@pytest.mark.parametrize("name", PASTED)
def test_what_a_case_puts_on_the_clipboard_is_pasted_as_it_should(
    site, new_context, richard, section, name
):
    page = editor(sign_in(new_context(), site, richard), site, section)
    page.keyboard.press("Control+A")
    paste(page, (FOLDER / name).read_text())
    said = page.inner_text("#left-out")
    save(page)
    html = Section.objects.get().html

    assert faults(EXPECTED[name] | {"named": []}, Brought([Part("", html)])) == []
    assert rows_of(html)[-len(EXPECTED[name]["text"]) :] == EXPECTED[name]["text"]
    assert all(word in said for row in EXPECTED[name].get("named", []) for word in row["holds"])
