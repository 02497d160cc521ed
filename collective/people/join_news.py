"""Two records were joined, or are two again: both people are told, wherever they can be.

Whoever did not ask for it must learn of it: at each address and number that either record had. The
mail says who joined them and what came along, and its link parts them again.
"""

from typing import Any

from django.db.models import QuerySet

from collective.messages import addresses, kinds, mail
from collective.messages.letters import Letter
from collective.models import FollowUp, Message, Person, RecordJoin
from collective.people import phones

BECAUSE = "this address belongs to a record with us, or did"
TOO = (
    "Two records were joined. Tell them so here too, which was the way to reach the other one: {}. "
    "If that is somebody else, undo the join on their page. It can be undone for three days."
)


def tell_joined(row: RecordJoin) -> None:
    """Tell the person by every way that either record had.

    Both rows have been written, and the caller holds them.
    """
    kept, moved = Person.objects.get(pk=row.kept_id), row.moved or {}
    mail.tell(kept, kinds.RECORDS_JOINED, row)
    ways = [moved["kept"], moved["gone"]]
    known = {way[name] for way in ways for name in ("email", "contact_email") if way[name]}
    for address in sorted(known - {kept.protected_at}):
        revision = mail.sign_of(address, 40)
        mail.tell(None, kinds.RECORDS_JOINED, row, address=address, revision=revision)
    for way in ways:
        if not (way["email"] or way["contact_email"]):
            _tell_by_hand(row, kept, way)


def _tell_by_hand(row: RecordJoin, kept: Person, way: dict[str, Any]) -> None:
    """A record without an address: the number or the house that it had is told too."""
    if way["phone"] and way["phone"] != kept.phone:
        _come_back_to(row, phones.written(way["phone"]))
    elif not way["phone"] and way["postal_address"] not in {None, kept.postal_address}:
        _come_back_to(row, way["postal_address"])
    elif not kept.is_told_by_hand and (way["phone"] or way["postal_address"]):
        channel = kept.channel_by_hand
        mail.tell(kept, kinds.RECORDS_JOINED, row, channel=channel, revision="by hand")


def _come_back_to(row: RecordJoin, way: str) -> None:
    FollowUp.objects.for_the_team(row.kept, TOO.format(way), row.joined_at)


def _follow_ups(row: RecordJoin) -> QuerySet[FollowUp]:
    """What this join left for colleagues to ring or write to."""
    return FollowUp.objects.filter(person=row.kept, created_by=None, created_at=row.joined_at)


def tell_parted(row: RecordJoin, kept: Person, gone: Person) -> None:
    """Tell both people, each by their own ways again; the number of the one is not the other's."""
    _follow_ups(row).filter(done_at=None).delete()
    for person in (kept, gone):
        mail.tell(person, kinds.RECORDS_PARTED, row)


@mail.kind(
    kinds.RECORDS_JOINED, "Two records of theirs were joined", keep_text=False, protects=True
)
def records_joined(message: Message) -> Letter | None:
    rows = RecordJoin.objects.select_related("joined_by", "confirmed_by")
    row = rows.filter(pk=message.about, undone_at=None).first()
    if row is None:
        return None
    context = {
        "joined_by": _name(row.joined_by),
        "confirmed_by": _name(row.confirmed_by),
        "along": (row.moved or {}).get("along", []),
        "until": row.can_be_parted_until,
        "part": addresses.part_records(row) if row.moved is not None else "",
    }
    return Letter("Two records were joined", "email/records_joined.html", context)


def _name(colleague: Person | None) -> str:
    return (colleague.name or "Somebody") if colleague else ""


@mail.kind(kinds.RECORDS_PARTED, "Two records are two again", protects=True)
def records_parted(message: Message) -> Letter:
    row = RecordJoin.objects.select_related("undone_by").filter(pk=message.about).first()
    context = {"parted_by": _name(row.undone_by) if row else ""}
    return Letter("Two records are two again", "email/records_parted.html", context)
