"""A passage says its language, wherever it came from, and nothing else does."""

import pytest

from policy_drafts.text import combining, languages, markup, patching, reading
from policy_drafts.text.blocks import with_uids

WELSH = '<p lang="cy">Bore da.</p>'


@pytest.mark.parametrize(
    ("tag", "tidied"),
    [
        ("CY", "cy"),
        ("zh_hant-hk", "zh-Hant-HK"),
        ("PT-br", "pt-BR"),
        ("en", ""),
        ("EN-us", ""),
        ("x", ""),
        ("no language", ""),
        ('cy" onclick="x', ""),
        ("", ""),
    ],
)
def test_tag_is_kept_in_the_one_form_of_bcp_47(tag, tidied):
    assert languages.tidy(tag) == tidied


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        (WELSH, WELSH),
        ('<p lang="CY-gb">Bore da.</p>', '<p lang="cy-GB">Bore da.</p>'),
        ('<p lang="en-GB">Hello.</p>', "<p>Hello.</p>"),
        ("<h1 lang='cy'>Bore da.</h1>", '<h3 lang="cy">Bore da.</h3>'),
        (
            '<p><span lang="cy">Bore <b>da</b>.</span></p>',
            '<p lang="cy">Bore <strong>da</strong>.</p>',
        ),
        ('<p>Say <span lang="cy">bore da</span>.</p>', "<p>Say bore da.</p>"),
        ('<ul lang="cy"><li>Bore da.</li></ul>', '<ul><li><p lang="cy">Bore da.</p></li></ul>'),
        (f'<div lang="fr">Ça va.{WELSH}</div>', f'<p lang="fr">Ça va.</p>{WELSH}'),
        ('<div lang="cy"><p lang="en">Hello.</p></div>', "<p>Hello.</p>"),
        ('<table><tr><td lang="cy">Da</td></tr></table>', None),
    ],
)
def test_language_ends_at_the_passage_that_is_in_it(html, clean):
    found = markup.cleaned(html)

    assert found == (clean or found) and ("lang=" in found) == ("lang=" in (clean or "lang="))
    assert markup.cleaned(found) == found


def test_language_stays_through_saving_combining_patching_and_reading():
    stored = with_uids(f"<p>Hello.</p>{WELSH}")
    again = with_uids(markup.without_marks(stored), stored)
    other = stored.replace("Hello.", "Hello again.")
    uid = stored.rpartition('data-block="')[2][:36]

    assert again == stored
    assert 'lang="cy"' in combining.combine(stored, stored, other).html
    assert 'lang="cy"' in patching.with_words(stored, uid, "Noswaith dda.")
    assert 'lang="cy"' in reading.for_reading(stored)


def test_languages_to_choose_from_have_names_and_one_form():
    assert ("cy", "Welsh (Cymraeg)") in languages.choices()
    assert [languages.tidy(tag) for tag, _ in languages.choices()] == [
        tag for tag, _ in languages.choices()
    ]
