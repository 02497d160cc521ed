"""8 writers, 500 saves of the same three sections through the pages: each save is in the history or
was answered with the clash page, and no accepted word is lost. Without the optimistic lock it
fails.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from policy_drafts.desk import writing
from policy_drafts.models import Section
from tests.factories import PersonFactory, PolicyFactory, role_in, section_in

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
WRITERS, SAVES, SECTIONS = 8, 500, 3
TEXT = re.compile(r"<textarea[^>]*name=\"html\"[^>]*>(.*?)</textarea>", re.DOTALL)
STARTED = re.compile(r'name="started_from" value="(\d+)"')


def write(person, sections, saves):
    """[(section, token, status)]: each time open a section, add a paragraph of one's own, save."""
    client, found = Client(), []
    client.force_login(person)
    for number in range(saves):
        section, token = sections[number % len(sections)], f"token{person.pk}x{number}x"
        page = client.get(section.get_absolute_url()).content.decode()
        html = unescape(TEXT.search(page)[1]) + f"<p>{token}</p>"
        form = {"title": section.title, "html": html, "state": "writing", "notes": ""}
        answer = client.post(
            section.get_absolute_url(), {**form, "started_from": STARTED.search(page)[1]}
        )
        found.append((section.pk, token, answer.status_code))
    connection.close()
    return found


def rush(saves=SAVES):
    """Everybody at once; returns what was answered."""
    policy = PolicyFactory()
    people = [role_in(policy, PersonFactory()) for _ in range(WRITERS)]
    sections = [section_in(policy, title=f"Section {number}") for number in range(SECTIONS)]
    shares = [saves // WRITERS + (number < saves % WRITERS) for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        answers = pool.map(
            lambda pair: write(pair[0], sections, pair[1]), zip(people, shares, strict=True)
        )
    return [row for rows in answers for row in rows]


def lost(answers):
    """Accepted words that are not in the text of now."""
    text = {row.pk: row.html for row in Section.objects.all()}
    return [token for key, token, status in answers if status == 302 and token not in text[key]]


def test_no_accepted_word_is_lost_and_each_save_is_in_the_history_or_a_clash():
    answers = rush()
    accepted = [row for row in answers if row[2] == 302]

    assert len(answers) == SAVES and {status for _, _, status in answers} <= {302, 409}
    assert lost(answers) == []
    for section in Section.objects.all():
        history = list(section.saves.order_by("number").values_list("number", "html"))
        tokens = [token for key, token, _ in accepted if key == section.pk]
        assert [number for number, _ in history] == list(range(1, len(tokens) + 2))
        assert history[-1][1] == section.html
    assert len(accepted) > SAVES // 20 and len(accepted) < SAVES


def test_without_the_lock_words_are_lost(monkeypatch):
    def replaced(section, started_from, **changes):
        return Section.objects.filter(pk=section.pk).update(
            lock_version=F("lock_version") + 1, **changes
        )

    monkeypatch.setattr(writing, "_replace", replaced)

    assert lost(rush(120)) != []
