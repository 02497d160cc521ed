"""The steps that a state may take, kept by the database, and the one door beside them.

A model names its steps in a table: `STEPS = {State.WAITING: [State.OFFERED, …], …}`. The trigger
made from it refuses every other step, also one in plain SQL. docs/how-it-works.md draws the tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.db.models import Model

Steps = dict[str, list[str]]
NAME = "steps_of_the_state"


def only(steps: Steps) -> pgtrigger.FSM:
    """The trigger that lets `state` take these steps and no other."""
    pairs = [(str(old), str(new)) for old, allowed in steps.items() for new in allowed]
    return pgtrigger.FSM(name=NAME, field="state", transitions=pairs)


@contextmanager
def beside_the_table(model: type[Model]) -> Iterator[None]:
    """The named door: a state goes back to what it was, where a join of two records is undone.

    Nothing else passes it. It is open for the statements inside the `with`, in this transaction.
    """
    with pgtrigger.ignore(f"{model._meta.label}:{NAME}"):
        yield
