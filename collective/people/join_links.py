"""The link in the mail about a join: whoever reads it can make the two records two again.

It protects a person whose record was taken over by a join. It opens nothing: it only parts them.
"""

from django.db import transaction

from collective.errors import RuleError
from collective.models import Person, RecordJoin
from collective.people import email_change, record_joins

CALL = "That cannot be done here any more. Please call us: we put it right by hand."
PARTED = (
    "Two records were joined by {}. Somebody who read our email about it has made them two again. "
    "Please ring this person on a number that you know: is all well?"
)


@transaction.atomic
def part(row: RecordJoin) -> None:
    """Part the records, sign both people out everywhere, and tell staff.

    Parted already, nothing happens. Raises RuleError once it is too late.
    """
    if row.undone_at:
        return
    if not record_joins.can_undo(row) or row.kept.is_staff:
        raise RuleError(CALL)
    record_joins.undo(row, None)
    for person in Person.objects.filter(pk__in=[row.kept_id, row.gone_id]).order_by("pk"):
        person.sign_out_everywhere()
    email_change.tell_staff(Person.objects.get(pk=row.gone_id), PARTED.format(row.by_whom))
