"""The kind of message that Today writes, by the name under which the rows keep it."""

STAFF_TODAY = "staff_today"
