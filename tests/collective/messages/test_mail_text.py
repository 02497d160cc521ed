"""The plain-text half of a mail, made from its HTML."""

from collective.messages.mail_text import plain_text


def test_line_of_plain_text_is_as_long_as_its_paragraph():
    html = "<p>\n  You keep\n  your place.\n</p>\n<p>See you.</p>"

    assert plain_text(html) == "You keep your place.\n\nSee you.\n"


def test_line_break_of_the_html_begins_a_line_without_space():
    assert plain_text("<p>\n  Friday<br>\n  Online\n</p>") == "Friday\nOnline\n"


def test_link_reads_as_its_words_and_its_address():
    html = '<p>Here:\n <a href="https://example.org/1">\n  see it\n </a></p>'

    assert plain_text(html) == "Here: see it: https://example.org/1\n"
