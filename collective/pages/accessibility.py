"""The first version of the accessibility statement: a new site starts with it, staff write it on.

Its parts and their order are those that the Public Sector Bodies (Websites and Mobile Applications)
(No. 2) Accessibility Regulations 2018 ask for, in the model of GOV.UK ("Sample accessibility
statement", 2024). What only the community knows is marked TO FILL IN.
"""

TO_FILL_IN = "<strong>To be filled in:</strong>"

FIRST_VERSION = f"""
<p>We want everybody to be able to use this website. This page says how far that is so, what does
not work yet, and what you can do about it.</p>
<p>{TO_FILL_IN} who runs this website, by its full name, and its address.</p>
<h2>How you can use this website</h2>
<ul>
<li>Make the text up to four times as large. It stays on the screen.</li>
<li>Use it with a keyboard alone, or by speaking to your device.</li>
<li>Listen to it with a screen reader.</li>
<li>Use it without scripts, on a small phone, in light or in dark colours.</li>
<li>Take part without it. Ring us or write to us: we do it with you.</li>
</ul>
<p>If you are Deaf, or cannot hear or speak on the phone, you can ring us with
<a href="https://www.relayuk.bt.com/">Relay UK</a>: dial 18001 before our number.
AbilityNet has <a href="https://mcmw.abilitynet.org.uk/">advice on making your device easier to
use</a>.</p>
<h2>How accessible it is</h2>
<p>This website is partially compliant with the
<a href="https://www.w3.org/TR/WCAG22/">Web Content Accessibility Guidelines version 2.2</a>, level
AA. What is missing is listed here.</p>
<h2>What is not accessible, and why</h2>
<h3>What does not comply with the accessibility regulations</h3>
<ul>
<li>The box in which a policy is written. We have not tested it enough with screen readers (WCAG
4.1.2). Only people who write a policy need it. The text can also be sent to us as a file.</li>
<li>{TO_FILL_IN} what you know of besides, with the number in WCAG, and by when you mend it.</li>
</ul>
<h3>What would be too much for us now (disproportionate burden)</h3>
<p>{TO_FILL_IN} nothing, or what you have weighed up, and when.</p>
<h3>What the accessibility regulations do not cover</h3>
<ul>
<li>Stripe's own page, where you say where your money goes. We do not make it and cannot change it.
You can be paid another way: ask us.</li>
<li>Live sessions and calls by video. Ask us for captions or a BSL interpreter when you book.</li>
</ul>
<h2>Tell us what does not work</h2>
<p>Write to us or ring us, if something here is hard for you to use, or if you need it in another
form: large print, easy read, audio, BSL or braille. You find how on our page “Contact”, and at
the end of each page.</p>
<p>{TO_FILL_IN} how soon you answer. We suggest: within 5 working days.</p>
<h2>If you are not happy with our answer</h2>
<p>The Equality and Human Rights Commission (EHRC) enforces the Public Sector Bodies (Websites and
Mobile Applications) (No. 2) Accessibility Regulations 2018 (the “accessibility regulations”). If
you are not happy with how we answer your complaint, contact the
<a href="https://www.equalityadvisoryservice.com/">Equality Advisory and Support Service
(EASS)</a>.</p>
<p>In Northern Ireland, contact the
<a href="https://www.equalityni.org/">Equality Commission for Northern Ireland (ECNI)</a>. It
enforces the accessibility regulations there.</p>
<h2>How we tested it</h2>
<p>A program (axe) looks at every page of the software behind this website each time it is changed:
at two widths, in light and in dark. People who make the software tried it by keyboard and by ear,
with the screen reader Orca. It was not yet tested with NVDA, JAWS, VoiceOver or TalkBack.</p>
<p>{TO_FILL_IN} who tested your website with people who use it, on which day, and what they
used.</p>
<h2>About this statement</h2>
<p>{TO_FILL_IN} This statement was prepared on a day, and last reviewed on a day. Review it at
least once a year, and when the website changes.</p>
"""


def first_version() -> str:
    """The text, without the ends of its lines here."""
    return " ".join(FIRST_VERSION.split())
