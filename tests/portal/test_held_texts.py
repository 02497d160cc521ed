"""What we hold is told word by word: every text about somebody, or a reason why it is not."""

import json

import pytest

from collective.models import Person
from events.models import Conversation, ConversationSeries
from portal.my_data import for_a_file, my_data
from tests.factories import PersonFactory
from tests.portal import forgetting_world as world
from tests.portal.test_forgotten_words import names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
NUMBERS = [(Person, "phone"), (Conversation, "phone"), (ConversationSeries, "ring_host_on")]
OURS = "a number or a word that machines use, and nothing about the person"
SENDING = "how the money was sent, in the words of machines: that it was, and when, is told"
TOLD_AS_A_NUMBER = "told as a phone number is written, which the words of this test are not"
LEFT_OUT = {
    "collective.BrowserSession.session_data": OURS,
    "collective.BrowserSession.session_key": OURS,
    "collective.ContactChange.before": "told under the names of what was changed",
    "collective.ContactChange.what": "told in words: your phone number, your address",
    "collective.InterruptedForm.sent": "theirs alone: told with where they read it",
    "collective.Message.error": "what a mail server answered: that the mail failed is told",
    "collective.Message.message_id": OURS,
    "collective.Message.refused_as": "how a mail server refused it: that the mail failed is told",
    "collective.Message.revision": OURS,
    "collective.Person.password": "nobody has a password: it holds random letters",
    "collective.Person.phone": TOLD_AS_A_NUMBER,
    "collective.Person.phone_hash": OURS,
    "collective.RecordJoin.moved": "what went where, so that it can be undone for three days",
    "collective.SignIn.network": "a keyed hash, from which nobody can tell anything",
    "events.Conversation.note": "the host's: that there is one is told, and we show it when asked",
    "events.Conversation.phone": TOLD_AS_A_NUMBER,
    "events.RegistrationEvent.list_reason": "the reason of now is told with the booking",
    "mfa.Authenticator.data": "the secret of their app: whoever reads it can sign in as them",
    "payments.Payment.problem": SENDING,
    "payments.PaymentEvent.details": "what happened is told; the amounts stand with the payment",
    "payments.PayoutAccount.payout_method": OURS,
    "payments.PayoutAttempt.error": SENDING,
    "payments.PayoutAttempt.key": SENDING,
    "payments.PayoutAttempt.request": SENDING,
    "payments.PayoutAttempt.stripe_id": SENDING,
    "payments.PayoutAttempt.stripe_status": SENDING,
    "payments.PayoutAttempt.voucher_code": "as good as money: their own page shows it",
    "policy_drafts.Import.file": "a file of theirs, kept until it is read: it is named",
    "policy_drafts.Import.why": "a sentence of ours: why a file could not be read",
    "policy_drafts.Import.held": "the text of a file of theirs, kept for a short time: it is named",
    "policy_drafts.PolicyRoleEvent.email": "the address of the invitation is told with the role",
}


def test_every_text_about_a_person_is_told_or_left_out_for_a_reason(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    person = PersonFactory(email="ann@example.org", phone="+442079460199")
    world.make_everything(person)
    words = world.fill(world.keys_of_rows(person))
    for model, field in NUMBERS:  # told as a number is written: other tests see it
        model.objects.exclude(**{field: None}).update(**{field: "+442079460199"})
    person.refresh_from_db()

    told = json.dumps(for_a_file(my_data(person)))

    about = names_of(world.about_one_person())
    missing = {name for name in set(words) & about if not any(word in told for word in words[name])}
    assert missing - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) - missing == set()
