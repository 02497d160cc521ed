"""How dates and times read on our pages: "Thursday 6 October 2022", "2pm" is made by the
`clock_time` filter.
"""

DATE_FORMAT = "l j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "l j F Y, H:i"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"

# As people write them: 5/12/2026, 5 December 2026; 14:00, 14.00, 2pm, 2:30 pm.
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"]
TIME_INPUT_FORMATS = [
    "%H:%M",
    "%H:%M:%S",
    "%H.%M",
    "%I%p",
    "%I %p",
    "%I:%M%p",
    "%I:%M %p",
    "%I.%M%p",
]
