"""The kinds of messages about conversations; `emails` writes each."""

BOOKED = "conversation_booked"
MOVED = "conversation_moved"
CHANGED = "conversation_changed"
CANCELLED = "conversation_cancelled"
HOW_TO_JOIN = "conversation_link"
REMINDER = "conversation_reminder"
NOT_HELD = "conversation_not_held"
ASK_CAPACITY = "ask_conversation_capacity"
HOST_NEWS = "host_news"  # its revision names the kind that the person is told
TIME_WISHED = "host_time_request"
TIME_OFFERED = "time_offered"
NEW_TIMES = "new_times"
