"""`python -m dev.states` draws docs/states.md from the tables of steps that the database keeps.

A test fails while the page and the tables differ, so the drawing is always the rule itself.
"""

import os
from collections.abc import Iterator

import django
import pgtrigger
from django.apps import apps
from django.db.models import Model

from dev import servers

PAGE = servers.ROOT / "docs" / "states.md"
OPENING = """# States

Which state may follow which. The database refuses every other step, also one in plain SQL
(`collective/safety/steps.py`); nothing but undoing the join of two records goes beside the table.

`python -m dev.states` writes this page from the tables in the code: change those, not this.
"""


def page() -> str:
    """The whole page, one part for each model with a table of steps."""
    return OPENING + "".join(part(model, steps) for model, steps in tables())


def tables() -> Iterator[tuple[type[Model], pgtrigger.FSM]]:
    """The models whose state the database keeps to a table, by name, each with its trigger."""
    for model in sorted(apps.get_models(), key=lambda model: model.__name__):
        for trigger in getattr(model._meta, "triggers", []):
            if isinstance(trigger, pgtrigger.FSM):
                yield model, trigger


def part(model: type[Model], steps: pgtrigger.FSM) -> str:
    """One table as a drawing and as a list, in the order in which the model names its states."""
    field = next(field for field in model._meta.fields if field.name == steps.field)
    choices = field.flatchoices
    order = {state: place for place, (state, label) in enumerate(choices)}
    pairs = sorted(steps.transitions, key=lambda pair: (order[pair[0]], order[pair[1]]))
    arrows = "\n".join(f"    {old} --> {new}" for old, new in pairs)
    rows = "\n".join(row(state, label, pairs) for state, label in choices)
    return (
        f"\n## {model.__name__}\n\n```mermaid\nstateDiagram-v2\n{arrows}\n```\n\n"
        f"| state | people read | may become |\n| --- | --- | --- |\n{rows}\n"
    )


def row(state: str, label: str, pairs: list[tuple[str, str]]) -> str:
    """One state's line: what it is called, and what it may become."""
    following = [f"`{new}`" for old, new in pairs if old == state]
    return f"| `{state}` | {label} | {', '.join(following) or 'nothing else'} |"


if __name__ == "__main__":
    unused = {
        "DATABASE_URL": "postgresql:///unused",
        "REDIS_URL": "redis://",
        "EMAIL_URL": "smtp://unused",
    }
    os.environ.update({**servers.DEVELOPMENT, **unused, "SITE_URL": "https://collective.example"})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")
    django.setup()
    PAGE.write_text(page())
