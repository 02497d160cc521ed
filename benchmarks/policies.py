"""Policies: publishing 100 sections with 3,000 blocks beside plain inserts of the same rows;
comparing two texts of 20,000 words of which 10 % were reworded; the reading page beside a bare
Django view.

    python -m benchmarks.policies

Prints seconds and ratios.
"""

import asyncio
import random
import time
import uuid
from random import Random

from benchmarks import setting
from benchmarks.pages import load
from collective.models.person import Person
from policy_drafts.models.policy import Policy

SECTIONS, BLOCKS = 100, 30
WORDS = [
    "we",
    "listen",
    "first",
    "then",
    "act",
    "together",
    "and",
    "say",
    "openly",
    "what",
    "changed",
    "because",
    "somebody",
    "asked",
    "for",
    "it",
    "today",
]
CHANGED = 0.1


def paragraph(rng: Random, number=20):
    return "<p>" + " ".join(rng.choice(WORDS) for _ in range(number)) + ".</p>"


def timed(act):
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def make_policy() -> tuple[Policy, Person]:
    """A policy of 100 sections with 30 blocks each, and who writes it."""
    from tests.factories import CommunityFactory, PersonFactory, PolicyFactory, section_in

    CommunityFactory()
    rng, policy, lead = random.Random(1), PolicyFactory(slug="long"), PersonFactory()
    for number in range(SECTIONS):
        section_in(
            policy, "".join(paragraph(rng) for _ in range(BLOCKS)), f"Section {number}", lead
        )
    return policy, lead


def plain_inserts(draft) -> float:
    """The same rows once more, under another draft, by bulk_create and nothing else."""
    from django.db import transaction

    from policy_drafts.models import Draft, DraftBlock, DraftSection

    sections, blocks = list(draft.sections.all()), list(draft.blocks.all())

    @transaction.atomic
    def insert() -> None:
        copy = Draft.objects.create(
            policy=draft.policy,
            number=99,
            policy_title="x",
            news="x",
            audience="public",
            request_key=uuid.uuid4(),
            published_by=draft.published_by,
        )
        made = {}
        for row in sections:
            made[row.pk], row.pk, row.draft, row._state.adding = row, None, copy, True
        DraftSection.objects.bulk_create(sections)
        for row in blocks:
            row.section, row.pk, row.draft, row._state.adding = (
                made[row.section_id],
                None,
                copy,
                True,
            )
        DraftBlock.objects.bulk_create(blocks, batch_size=500)

    seconds, _ = timed(insert)
    return seconds


def reworded(html, rng: Random):
    """The text with one word in ten changed."""
    words = html.split(" ")
    return " ".join(
        "otherwise" if rng.random() < CHANGED and "<" not in word else word for word in words
    )


def compare() -> tuple[float, int]:
    """Seconds for comparing 20,000 words, of which 10 % are others now."""
    from policy_drafts.text import blocks, diffs

    rng = random.Random(2)
    old = blocks.with_uids("".join(paragraph(rng) for _ in range(1000)))
    new = blocks.with_uids(reworded(old, rng), old)
    before, after = blocks.read(old), blocks.read(new)
    seconds, rows = timed(lambda: [row.html for row in diffs.compare(before, after)])
    return seconds, len(rows)


def main() -> None:
    with setting.database() as env, setting.running(env, "benchmarks.with_bare_view") as (port, _):
        from tests.factories import published

        policy, lead = make_policy()
        seconds, draft = timed(lambda: published(policy, lead))
        plain = plain_inserts(draft)
        size = f"{SECTIONS} sections, {draft.blocks.count()} blocks"
        print(
            f"publish {size}: {seconds:.2f} s, {seconds / plain:.1f} × plain inserts "
            f"({plain:.2f} s)"
        )
        seconds, number = compare()
        print(f"compare 20,000 words, 10 % reworded ({number} blocks): {seconds:.2f} s")
        bare, _ = asyncio.run(load(port, "/bare/"))
        for name, path in (
            ("reading page, 3,000 blocks", "/policies/long/"),
            ("list of drafts", "/policies/long/drafts/"),
        ):
            asyncio.run(load(port, path))
            a_second, p95 = asyncio.run(load(port, path))
            print(
                f"{name}: {a_second:.1f} requests a second, p95 {p95:.0f} ms, "
                f"{a_second / bare:.3f} of bare"
            )


if __name__ == "__main__":
    main()
