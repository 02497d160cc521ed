"""The accessibility statement: a new site starts with its first version, staff write it on.

Its parts, their order and the sentences in FIXED are those that the Public Sector Bodies (Websites
and Mobile Applications) (No. 2) Accessibility Regulations 2018 ask for, in the model of GOV.UK
("Sample accessibility statement", 2023): these words must not be changed. What only the community
knows is a gap; a gap that nobody has filled says what belongs there.
"""

REGULATIONS = (
    "Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018"
)
WCAG = (
    '<a href="https://www.w3.org/TR/WCAG22/">Web Content Accessibility Guidelines version 2.2</a>'
)
EASS = (
    '<a href="https://www.equalityadvisoryservice.com/">contact the Equality Advisory and Support '
    "Service (EASS)</a>"
)
ECNI = '<a href="https://www.equalityni.org/">Equality Commission for Northern Ireland (ECNI)</a>'
# Name of a gap -> what belongs there.
GAPS = {
    "website": "the address of this website",
    "organisation": "the full name of who runs this website, and where they are",
    "problems": "what else you know of, with its number in WCAG, and by when you mend it",
    "answered": "how soon you answer, for example: within 5 working days",
    "burden": "nothing, or what you have weighed up, and when",
    "plans": "what you will do next, and by when",
    "prepared": "the day on which you first publish this page",
    "reviewed": "the day on which you last went through it, at least once a year",
    "tested": "the day of the last test",
    "testers": "who did it, with whom, and what they used",
}
# The sentences that the law fixes, with their gaps.
FIXED = {
    "applies": "This accessibility statement applies to {website}.",
    "enforced": (
        "The Equality and Human Rights Commission (EHRC) is responsible for enforcing the "
        f"{REGULATIONS} (the ‘accessibility regulations’). If you’re not happy with how we respond "
        f"to your complaint, {EASS}."
    ),
    "enforced_in_ni": (
        "If you are in Northern Ireland and are not happy with how we respond to your complaint, "
        f"you can contact the {ECNI}, who are responsible for enforcing the accessibility "
        "regulations in Northern Ireland."
    ),
    "committed": (
        "{organisation} is committed to making its website accessible, in accordance with the "
        f"{REGULATIONS}."
    ),
    "status": (
        f"This website is partially compliant with the {WCAG} AA standard, due to the "
        "non-compliances and exemptions listed below."
    ),
    "listed": "The content listed below is non-accessible for the following reasons.",
    "dated": "This statement was prepared on {prepared}. It was last reviewed on {reviewed}.",
    "last_test": (
        "This website was last tested on {tested} against the WCAG 2.2 AA standard. The test was "
        "carried out by {testers}."
    ),
}
TEXT = f"""
<p>{FIXED["applies"]}</p>
<p>This website is run by {{organisation}}. We want everybody to be able to use it. For example, you
should be able to:</p>
<ul>
<li>make the text up to four times as large, and it stays on the screen</li>
<li>use it with a keyboard alone, or by speaking to your device</li>
<li>listen to it with a screen reader</li>
<li>use it without scripts, on a small phone, in light or in dark colours</li>
<li>take part without it: ring us or write to us, and we do it with you.</li>
</ul>
<p>AbilityNet has <a href="https://mcmw.abilitynet.org.uk/">advice on making your device easier to
use</a>.</p>
<h2>How accessible this website is</h2>
<p>We know that some parts are not fully accessible:</p>
<ul>
<li>The box in which a policy is written may be hard to use with a screen reader. Only people who
write a policy need it. You can send us the text as a file instead.</li>
<li>What people write in other languages is not marked as such. A screen reader may say it in an
English voice.</li>
<li>Where your money goes is typed into a page of Stripe’s. You can be paid another way: ask us.
</li>
</ul>
<h2>Feedback and contact information</h2>
<p>Tell us if something here is hard for you to use, or is not listed on this page. Ask us if you
need something in another form: large print, easy read, audio, BSL or braille. You find how to reach
us on our <a href="/pages/contact/">contact page</a>, and at the end of each page. We answer
{{answered}}.</p>
<p>If you are Deaf, or cannot hear or speak on the phone, you can ring us with
<a href="https://www.relayuk.bt.com/">Relay UK</a>: dial 18001 before our number.</p>
<h2>Enforcement procedure</h2>
<p>{FIXED["enforced"]}</p>
<p>{FIXED["enforced_in_ni"]}</p>
<h2>Technical information about this website’s accessibility</h2>
<p>{FIXED["committed"]}</p>
<h2>Compliance status</h2>
<p>{FIXED["status"]}</p>
<h2>Non-accessible content</h2>
<p>{FIXED["listed"]}</p>
<h3>Non-compliance with the accessibility regulations</h3>
<ul>
<li>The box in which a policy is written has not been tested enough with screen readers. It may fail
WCAG 4.1.2 (name, role, value).</li>
<li>What people write in another language is not marked. This fails WCAG 3.1.2 (language of
parts).</li>
<li>{{problems}}</li>
</ul>
<h3>Disproportionate burden</h3>
<p>{{burden}}</p>
<h3>Content that’s not within the scope of the accessibility regulations</h3>
<ul>
<li>Stripe’s own page, where you say where your money goes. We do not make it, pay for its making or
control it.</li>
<li>Live video. The regulations do not ask for captions on it. We still arrange captions or a BSL
interpreter for our sessions: ask when you book.</li>
</ul>
<h2>What we’re doing to improve accessibility</h2>
<p>A program (axe) looks at every page of the software behind this website each time that it is
changed. The people who make it try it by keyboard and by ear.</p>
<p>{{plans}}</p>
<h2>Preparation of this accessibility statement</h2>
<p>{FIXED["dated"]}</p>
<p>{FIXED["last_test"]}</p>
<p>The people who make the software tried it by keyboard, and by ear with the screen reader Orca.
They have not tried it with NVDA, JAWS, VoiceOver or TalkBack. Nobody from outside has checked
it.</p>
"""


def statement(**known: str) -> str:
    """The text, its gaps filled with what is `known`; what is not says what belongs there."""
    gaps = {name: f"<strong>[to be filled in: {words}]</strong>" for name, words in GAPS.items()}
    return " ".join(TEXT.split()).format(**{**gaps, **known})
