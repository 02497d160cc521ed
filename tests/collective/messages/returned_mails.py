"""Mails that came back, as servers write them."""

from collective import clock
from collective.models import Message

STATUS = """\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: hello@collective.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} the server's own words

--b
Content-Type: text/rfc822-headers

From: hello@collective.example
Message-ID: {message_id}

--b--
"""
QMAIL = """\
From: MAILER-DAEMON@mx.example.org
To: hello@collective.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{address}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {message_id}
Subject: Your place is booked
"""


def sent_to(person, **more):
    """A message that the server took."""
    now = clock.now()
    about = {"kind": "booked", "about": person.pk, **more}
    return Message.objects.create(person=person, state="sent", sent_at=now, **about)


def delivery_status(message, address, action="failed", status="5.1.1"):
    """The bytes of a delivery status notification (RFC 3464) about this message."""
    words = {"address": address, "action": action, "status": status}
    return STATUS.format(message_id=message.message_id, **words).replace("\n", "\r\n").encode()
