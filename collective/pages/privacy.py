"""The first version of the page about what we hold: a new site starts with it, staff write it on.

Who is responsible stands above it, from the community's settings. Bases and rights are those of the
UK GDPR (articles 6, 9, 13 and 15 to 21). A test compares the periods with the rules that keep them.
"""

from django.conf import settings

FIRST_VERSION = """
<p>This page says what we hold about you, why we may, who sees it and when it goes.
You can read all that we hold about you on your own page, under “What we hold about you”.
If you have no email, ring us: we print it for you.</p>
<h2>What we hold, and why we may</h2>
<ul>
<li><strong>Your name and how we reach you.</strong> We need it to book your place and to tell you
what changes. The law calls this our legitimate interest.</li>
<li><strong>What you book and where you took part.</strong> For the same reason.</li>
<li><strong>What helps you take part</strong>, and who comes along. Only if you tell us, and only
because you agree. You can take it back at any time.</li>
<li><strong>News by email.</strong> Only if you want it. Each mail has a link that stops it.</li>
<li><strong>Payments.</strong> If you take part you may be paid. The law asks us to keep a record of
each payment.</li>
<li><strong>What you say about a policy.</strong> We write the policy with it: our legitimate
interest. You choose what you say.</li>
</ul>
<h2>Conversations, and private notes</h2>
<p>What you tell a host before or in a conversation is for the host. It is kept locked (encrypted).
The host may write a private note. You can ask us to see it, or to remove it. We hold all this
because you agree.</p>
<p>There is one limit. If you or somebody else may be in danger, the host may have to tell somebody
who can help. We tell you, if we can. Then the law on keeping people safe is why we may.</p>
<h2>Who sees it</h2>
<ul>
<li>People in our team who need it for their work. It is on record when one of them looks at what is
private, and you can see it.</li>
<li><strong>Stripe</strong>, if you are paid into a bank account. You type your bank details on
Stripe's own page. We only see the name of your bank and the last four digits. Stripe has its own
rules: the law asks it to keep what it knows about payments.</li>
<li>The companies that run our computers and our email for us, by contract.</li>
</ul>
<p>We sell nothing, and we show no advertisements. No computer decides anything about you alone.</p>
<h2>When it goes</h2>
<ul>
<li>What helps you take part, and who came along: 30 days after the session.</li>
<li>Your number and your topics for a conversation: 30 days after it, unless its page says another
number of days.</li>
<li>A host's private note: when the call is finished. That is when the policy is agreed.</li>
<li>The times that you wished for: 30 days after we answered.</li>
<li>What you typed into a form and did not send: 1 day.</li>
<li>The text of our messages to you: 30 days. That we wrote to you, we keep.</li>
<li>Codes to sign in: 1 day.</li>
<li>Where you are signed in: 14 days after you last came.</li>
<li>A cookie in your browser: 1 year. It says that you signed in there before, so that strangers who
ask for codes cannot stop yours. It opens nothing.</li>
<li>Another cookie: 1 year, or until you sign out. It says whose pages are open there. So what you
type is kept for you if you are signed out meanwhile. It opens nothing.</li>
<li>That your email address changed after three days: 90 days.</li>
<li>That our team changed how we reach you, and what it was before: 30 days.</li>
<li>Payments: 6 years after the tax year, as the law asks.</li>
<li>The rest: until you ask us to remove it.</li>
<li>Backups: {backup_days} days. We keep them so that we can start again after a fault.</li>
</ul>
<h2>What you can ask for</h2>
<ul>
<li>To see what we hold, or to take it with you as a file.</li>
<li>To have it put right.</li>
<li>To be forgotten. You see before what goes, what stays and why. It is done after a week, so that
you can change your mind.</li>
<li>To say that you do not agree with something, or that you agree no longer.</li>
</ul>
<p>All of this is free. Ask on your own page, ring us or write to us. We answer within a month.</p>
<h2>If you are not happy with us</h2>
<p>Please tell us first: we would like to put it right. You can also complain to the Information
Commissioner's Office (ICO), at any time:
<a href="https://ico.org.uk/make-a-complaint/">ico.org.uk/make-a-complaint</a>,
phone 0303 123 1113, or by post to Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF.</p>
"""


def first_version() -> str:
    """The text, with the number of days that backups are kept here."""
    folded = " ".join(FIRST_VERSION.split())
    return folded.replace("{backup_days}", str(settings.BACKUP_DAYS))
