"""The demonstration's wording: ours, in plain English."""

from typing import Any

from events.models.answers import Needs

COMMUNITY = {
    "name": "Co-Production Collective",
    "about": (
        "We invite people to work with us as equals. You choose how to take part, and you can stop "
        "at any time."
    ),
    "phone": "020 7946 0000",
    "text_number": "07700 900000",
    "hours": "Monday to Friday, 9am to 5pm",
    "from_email": "hello@collective.example",
    "reply_to": "hello@collective.example",
    "safeguarding_name": "Priya, safeguarding lead, Monday to Friday, 9am to 5pm",
    "safeguarding_phone": "020 7946 0001",
    "safeguarding_email": "priya@collective.example",
    "outside_name": "Dr Helen Marsh at our host, Monday to Friday, 9am to 5pm",
    "outside_phone": "020 7946 0003",
    "outside_email": "helen.marsh@host.example",
}

# What fills the gaps of the accessibility statement, but for the days.
STATEMENT = {
    "website": "this demonstration of our website",
    "organisation": "Co-Production Collective",
    "answered": "within 5 working days",
    "problems": "We know of nothing else yet. Nobody from outside has looked for it.",
    "burden": "We claim none.",
    "plans": "People who use a screen reader every day should try it next. None has yet.",
    "tested": "28 November 2026",
    "testers": (
        "the people who make the software, and by nobody from outside. They checked it with axe in "
        "a browser, by keyboard, and with one screen reader (Orca)"
    ),
}

CALL = {
    "title": "Help us write our safeguarding policy",
    "slug": "safeguarding-policy",
    "summary": (
        "We are writing a policy that helps people be safe, and feel safe, when we work together. "
        "We want to write it with you."
    ),
    "why": (
        "<p>A safeguarding policy says how we look after each other. We do not want to copy "
        "one from a shelf. We "
        "want to know from you:</p>"
        "<ul><li>what helps people be safe, and feel safe, during our sessions;</li>"
        "<li>how our community and our team can notice that something is wrong, and what to do "
        "then and there;</li>"
        "<li>how a person gets the right support, from us or from somebody else;</li>"
        "<li>how we answer worries about relationships, fear of abuse, abuse itself, bullying and "
        "discrimination.</li></ul>"
        "<p>Some questions are our own: how we work with organisations that commission us, "
        "what our place within "
        "UCL means, and what is new now that some of us are paid Associates.</p>"
        "<p>Everything you say is read and answered. You will see what changed because of it, "
        "and if something "
        "did not change, why.</p>"
    ),
    "about_lead": (
        "Richard leads the work on this policy. He is a member of our community: he listens, "
        "writes the drafts and "
        "changes them. Our team looks after sign-ups, waiting lists and payments."
    ),
    "about_pay": (
        "If you take part in a personal capacity, we offer you £75 for a session (it covers "
        "the two hours, and "
        "getting ready and thinking about it afterwards), and £25 for a conversation or for "
        "comments in your own "
        "time. If you take part as part of a paid role, we do not pay you as well."
    ),
    "fund_name": "our access fund",
    "budget_pence": 500_000,
    "care_note": (
        "We talk about keeping people safe from harm. You never have to tell us what happened "
        "to you, and you can "
        "stop at any time."
    ),
}

KICK_OFF = {
    "title": "First session: what should our policy do?",
    "slug": "first-session",
    "neutral_name": "Community session, online",
    "summary": (
        "We meet on Zoom and start the policy together: what matters, what worries us, what good "
        "looks like."
    ),
    "what_to_expect": (
        "<p>We start with a welcome and our ways of working. Then we talk in small groups of "
        "five or six, with "
        "somebody from our team in each. There are two breaks of ten minutes.</p>"
        "<p>You can speak, write in the chat, or just listen. We send the questions before the "
        "day.</p>"
    ),
    "who_will_be_there": (
        "Up to 30 people from our community, Richard, and three people from our team."
    ),
    "pace": "Two breaks, camera optional",
    "recording": "It is not recorded. We take notes without names.",
    "content_note": (
        "We talk about keeping people safe, so abuse, bullying and discrimination may come up."
    ),
    "what_the_fee_covers": (
        "It covers the two hours, and getting ready and thinking about it afterwards."
    ),
    "contact": "Call us on 020 7946 0000 or write to hello@collective.example.",
    "contact_on_the_day": "Call Jo on 020 7946 0004, or text 07700 900004.",
    "joining_link": "https://zoom.example/j/94860000001",
    "meeting_id": "948 6000 0001",
    "passcode": "482913",
    "dial_in": "020 7946 0005\n0131 496 0005\nThen type the meeting ID and #",
    "fee_pence": 7500,
    "places": 30,
    "how_long": "2 hours",
}

CONVERSATION = {
    "title": "A conversation with Richard",
    "slug": "conversations",
    "neutral_name": "Conversation",
    "summary": (
        "Talk with Richard by phone or on Zoom. You choose the day, and what you talk about."
    ),
    "how_long": "up to 45 minutes",
    "fee_pence": 2500,
    "about_host": "Richard is a member of our community. He leads the work on this policy.",
    "what_to_expect": (
        "<p>You talk about what matters to you. Nobody else listens, and nothing is recorded. "
        "You can have somebody "
        "with you, keep the camera off, write instead of speaking, take breaks, and stop at "
        "any time.</p>"
    ),
    "video_link": "https://zoom.example/j/7946000",
    "ring_host_on": "+442079460001",
}
# Richard is there: (weekday, 0 is Monday; from; until)
HOURS = [(0, 10, 13), (2, 14, 18), (3, 17, 20)]
TALK: dict[str, Any] = {
    "how": "phone",
    "who_rings": "host",
    "phone": "+447700900123",
    "topics": "What helped me to feel safe in a group.",
    "access_needs": {"choices": ["breaks"], "notes": ""},
    "capacity": "personal",
}

OWN_TIME = {
    "title": "In your own time: unpick the draft",
    "slug": "unpick-the-draft",
    "neutral_name": "Comments on a draft",
    "summary": (
        "Read a draft and tell us what you think, line by line if you like, whenever it suits you."
    ),
    "how_long": "up to an hour",
    "fee_pence": 2500,
}

IN_PERSON = {
    "title": "Session in person: the draft and all you said",
    "slug": "session-in-person",
    "neutral_name": "Community session, in person",
    "summary": (
        "We meet in a room and look at the draft and at all feedback so far, before it is finished."
    ),
    "how_long": "2 hours",
    "fee_pence": 7500,
}

EXPENSE_LIMITS = {"travel": 3000, "childcare": 4000, "data": 1000}  # pence

SUPPORT_LINES = [
    {
        "name": "Samaritans",
        "about": "To talk about whatever troubles you.",
        "for_whom": "Everybody in the UK who finds it hard to cope",
        "phone": "116 123",
        "website": "https://www.samaritans.org/",
        "hours": "Always",
    },
    {
        "name": "Shout",
        "about": "To talk by text message.",
        "for_whom": "Everybody in the UK who would rather text",
        "text_number": "85258",
        "text_word": "SHOUT",
        "website": "https://giveusashout.org/",
        "hours": "Always",
    },
    {
        "name": "National Domestic Abuse Helpline",
        "about": "About being afraid at home. Run by Refuge.",
        "for_whom": "Women in England",
        "phone": "0808 2000 247",
        "website": "https://www.nationaldahelpline.org.uk/",
        "hours": "Always",
    },
    {
        "name": "Hourglass",
        "about": "About harm to older people.",
        "for_whom": "Older people in the UK, and people who worry about one",
        "phone": "0808 808 8141",
        "website": "https://wearehourglass.org/",
        "hours": "Always",
    },
    {
        "name": "Citizens Advice",
        "about": "Free advice, also on how a payment can affect benefits.",
        "for_whom": "Everybody in England",
        "phone": "0800 144 8848",
        "website": "https://www.citizensadvice.org.uk/",
        "hours": "Monday to Friday, 9am to 5pm",
    },
]

PICTURE = {
    "alternative_text": (
        "A drawing of six people of different ages around a table with papers and cups, talking."
    ),
    "long_description": (
        "Six people sit around a round table, seen from a little above. One uses a wheelchair, "
        "one wears headphones, "
        "one joins from the screen of a laptop. On the table lie papers with notes, and cups."
    ),
    "credit": "drawn for Co-Production Collective",
}

NEEDS: dict[int, Needs] = {
    3: {"choices": ["captions"], "notes": ""},
    8: {"choices": ["interpreter", "breaks"], "notes": ""},
    12: {"choices": ["large_print"], "notes": "Please post me the questions."},
}
FOLLOW_UP = (
    "Olive asked whether the phone number for dialling in is free to ring. Find out, and tell her."
)

MEMBERS = [
    "Amina",
    "Bartek",
    "Carys",
    "Delroy",
    "Elin",
    "Farida",
    "Gethin",
    "Hana",
    "Idris",
    "Jasmine",
    "Kwame",
    "Lowri",
    "Mei",
    "Nadia",
    "Olu",
    "Parveen",
    "Quentin",
    "Rhian",
    "Siobhan",
    "Tariq",
    "Uma",
    "Victor",
    "Winnie",
    "Xanthe",
    "Yusuf",
    "Zofia",
]
