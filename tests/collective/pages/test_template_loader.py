"""What is read of a template: its words and tags, without the indents that lay it out."""

from django.template import Engine, Origin

from collective.pages.templates import Loader


def read(tmp_path, text):
    path = tmp_path / "page.html"
    path.write_text(text)
    return Loader(Engine()).get_contents(Origin(str(path)))


def test_indents_of_a_template_are_left_out(tmp_path):
    text = read(tmp_path, "<ul>\n  <li>One\n    word</li>\n</ul>\n")

    assert text == "<ul>\n<li>One\nword</li>\n</ul>\n"


def test_text_that_is_shown_as_typed_keeps_its_indents(tmp_path):
    text = read(tmp_path, "<p>\n  x</p><pre>\n  y</pre>")

    assert text == "<p>\n  x</p><pre>\n  y</pre>"


def test_page_is_sent_without_indents(db, client):
    lines = client.get("/display/").content.decode().splitlines()

    assert [line for line in lines if line.startswith("  ")] == []
