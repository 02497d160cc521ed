"""Today's part about the running of the product: what is late, refused or full."""

from django.urls import reverse

from collective.background import standing_in
from collective.models import Problem
from collective.seeing.problems import SORTS
from portal.today.lines import Line, Section

NOTHING_RUNS = "Nothing runs by itself just now: no reminders, no mail but sign-in codes"


def problems() -> Section:
    """Those that staff were written to about; here they also stand where mail is what fails.

    Where nothing runs any more, nobody is left to remember it: that is asked for here.
    """
    rows = Problem.objects.open().exclude(told_at=None)
    words = [(row.name, SORTS[row.name].what) for row in rows if row.name in SORTS]
    if standing_in.is_still():
        words.insert(0, ("still", NOTHING_RUNS))
    url = reverse("admin:status")
    lines = [Line(f"problem:{name}", what, url, "See what to do") for name, what in words]
    return Section("running", "Running it", lines)
