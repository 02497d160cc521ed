"""Policies: publishing 100 sections with 3,000 blocks beside plain inserts of the same rows;
comparing two texts of 20,000 words of which 10 % were reworded; the reading page beside a bare
Django view.

    python -m benchmarks.policies

Prints seconds and ratios.
"""

import asyncio
import time
import uuid
from collections.abc import Callable
from random import Random
from typing import TypeVar

from django.db import transaction

from benchmarks import setting
from benchmarks.pages import load
from collective.models import Person
from policy_drafts.models import Audience, Draft, DraftBlock, DraftSection, Policy
from policy_drafts.text import blocks, diffs
from tests.factories import CommunityFactory, PolicyFactory, published, section_in

SECTIONS, BLOCKS = 100, 30
WORDS = (
    "we listen first then act together and say openly what changed because somebody asked for it"
)
CHANGED = 0.1
PAGES = {
    "reading page, 3,000 blocks": "/policies/long/",
    "list of drafts": "/policies/long/drafts/",
}
Result = TypeVar("Result")


def paragraph(rng: Random, number: int = 20) -> str:
    words = [*WORDS.split(), "today"]
    return "<p>" + " ".join(rng.choice(words) for _ in range(number)) + ".</p>"


def timed(act: Callable[[], Result]) -> tuple[float, Result]:
    """(seconds that it took, what it returned)."""
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def make_policy() -> tuple[Policy, Person]:
    """A policy of 100 sections with 30 blocks each, and the person who writes it."""
    CommunityFactory()
    PolicyFactory(slug="long")
    policy, rng = Policy.objects.get(), Random(1)
    lead = Person.objects.create_user("lead@example.org", name="Lead")
    for number in range(SECTIONS):
        text = "".join(paragraph(rng) for _ in range(BLOCKS))
        section_in(policy, text, f"Section {number}", lead)
    return policy, lead


@transaction.atomic
def insert_copy(draft: Draft, sections: list[DraftSection], of_sections: list[DraftBlock]) -> None:
    """The same rows once more, under another draft, by bulk_create and nothing else."""
    copy = Draft.objects.create(
        policy=draft.policy,
        number=99,
        policy_title="x",
        news="x",
        audience=Audience.PUBLIC,
        request_key=uuid.uuid4(),
        published_by=draft.published_by,
    )
    made = {}
    for section in sections:
        made[section.pk] = section
        section.pk, section.draft, section._state.adding = None, copy, True
    DraftSection.objects.bulk_create(sections)
    for block in of_sections:
        block.section = made[block.section_id]
        block.pk, block.draft, block._state.adding = None, copy, True
    DraftBlock.objects.bulk_create(of_sections, batch_size=500)


def reworded(html: str, rng: Random) -> str:
    """The text with one word in ten changed."""
    return " ".join(
        "otherwise" if rng.random() < CHANGED and "<" not in word else word
        for word in html.split(" ")
    )


def compare() -> tuple[float, int]:
    """Seconds for comparing 20,000 words, of which 10 % are others now, and how many blocks."""
    rng = Random(2)
    old = blocks.with_uids("".join(paragraph(rng) for _ in range(1000)))
    new = blocks.with_uids(reworded(old, rng), old)
    before, after = blocks.read(old), blocks.read(new)
    seconds, rows = timed(lambda: [row.both for row in diffs.compare(before, after)])
    return seconds, len(rows)


def tell_publishing() -> None:
    policy, lead = make_policy()
    seconds, draft = timed(lambda: published(policy, lead))
    rows = list(draft.sections.all()), list(draft.blocks.all())
    plain, _ = timed(lambda: insert_copy(draft, *rows))
    size = f"{SECTIONS} sections, {len(rows[1])} blocks"
    ratio = f"{seconds / plain:.1f} × plain inserts ({plain:.2f} s)"
    print(f"publish {size}: {seconds:.2f} s, {ratio}")


def tell_pages(port: int) -> None:
    bare, _ = asyncio.run(load(port, "/bare/"))
    for name, path in PAGES.items():
        asyncio.run(load(port, path))  # warm
        a_second, p95 = asyncio.run(load(port, path))
        ratio = f"{a_second / bare:.3f} of bare"
        print(f"{name}: {a_second:.1f} requests a second, p95 {p95:.0f} ms, {ratio}")


def main() -> None:
    with setting.database() as env, setting.running(env, "benchmarks.with_bare_view") as (port, _):
        tell_publishing()
        seconds, number = compare()
        print(f"compare 20,000 words, 10 % reworded ({number} blocks): {seconds:.2f} s")
        tell_pages(port)


if __name__ == "__main__":
    main()
