"""Mail that comes back, read from a real IMAP server by TLS."""

from urllib.parse import quote

import pytest
from django.urls import reverse

from collective.messages import bounces, mailbox
from collective.models import Message
from portal.doctor import others
from tests import imap
from tests.collective.messages.returned_mails import delivery_status, sent_to
from tests.factories import CommunityFactory, PersonFactory

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
FROM_A_PERSON = b"From: Sam <sam@example.org>\r\nSubject: Hello\r\n\r\nCan I bring my sister?\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with imap.running(tmp_path_factory.mktemp("tls")) as running:
        yield running


@pytest.fixture
def inbox(server, settings, monkeypatch, tmp_path_factory):
    """The empty inbox of the sender, which our settings name."""
    port, client = server
    client.store("1:*", "+FLAGS", r"(\Deleted)")
    client.expunge()
    folder = tmp_path_factory.getbasetemp()
    monkeypatch.setenv("SSL_CERT_FILE", str(next(folder.glob("tls*/localhost.pem"))))
    password = quote(imap.PASSWORD, safe="")
    settings.BOUNCES_URL = f"imaps://{imap.USER}:{password}@localhost:{port}/INBOX"
    settings.BOUNCES_DELETE = False
    return client


def put(client, content):
    status, _ = client.append("INBOX", None, None, content)
    assert status == "OK"


def unseen(client):
    client.noop()
    return len(client.search(None, "UNSEEN")[1][0].split())


def test_mail_that_came_back_stands_on_today_and_is_marked_as_seen(inbox, client, coordinator):
    CommunityFactory()
    message = sent_to(PersonFactory(name="Amina", email="amina@gone.example"))
    put(inbox, FROM_A_PERSON)
    put(inbox, delivery_status(message, "amina@gone.example"))

    runs = [bounces.read_all(), bounces.read_all()]

    message.refresh_from_db()
    today = client.get(reverse("admin:index")).content.decode()
    assert (runs, message.state, unseen(inbox)) == ([(1, 1), (0, 0)], Message.State.FAILED, 1)
    assert "this address does not work" in today and "Amina" in today


def test_mail_that_is_only_late_changes_nothing(inbox):
    message = sent_to(PersonFactory(email="amina@slow.example"))
    put(inbox, delivery_status(message, "amina@slow.example", "delayed", "4.4.1"))

    assert bounces.read_all() == (1, 0)

    message.refresh_from_db()
    assert (message.state, unseen(inbox)) == (Message.State.SENT, 0)


def test_it_is_deleted_where_told_so_and_nothing_else_is(inbox, settings):
    settings.BOUNCES_DELETE = True
    message = sent_to(PersonFactory(email="amina@gone.example"))
    put(inbox, FROM_A_PERSON)
    put(inbox, delivery_status(message, "amina@gone.example"))

    bounces.read_all()

    inbox.noop()
    assert (inbox.search(None, "ALL")[1][0].split(), unseen(inbox)) == ([b"1"], 1)


def test_doctor_opens_the_mailbox_and_names_what_does_not(inbox, settings):
    good = others.bounces()
    settings.BOUNCES_URL = settings.BOUNCES_URL.replace("hello:", "other:")
    bad = others.bounces()

    assert good == (True, "It opens. Not read yet: 0.")
    assert (bad[0], imap.PASSWORD in bad[1], quote(imap.PASSWORD, safe="") in bad[1]) == (
        False,
        False,
        False,
    )


def test_server_whose_certificate_is_anybodys_is_not_spoken_with(inbox, settings, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(OSError, match="certificate"), mailbox.opened(settings.BOUNCES_URL):
        pass
