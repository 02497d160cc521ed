"""The ways to take part in a call, for somebody who has finished one."""

from collective.models import Activity, Person


def next_way(done: Activity, person: Person) -> Activity | None:
    """The first other way of the call that is open, or whose date or opening can be asked for.

    As what it is, with its own page; None where there is none.
    """
    rows = Activity.objects.visible_to(person).filter(call=done.call_id).exclude(pk=done.pk)
    ahead = (row for row in rows.select_related("call") if row.is_open or row.can_be_followed)
    found = next(ahead, None)
    return found and found.whole()
