"""What no kind person sends to the pages of payments: nothing of it may be a server error."""

from io import BytesIO
from urllib.parse import quote_from_bytes

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from payments.forms import LIKE_THIS, PoundsField
from payments.models import Expense, ExpenseLimit
from tests.factories import PaymentFactory
from tests.portal.test_bad_input import BAD, encoded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]
FORMS = {
    "/payments/{}/choose/": ["choice", "smaller"],
    "/payments/{}/expenses/": ["kind", "what", "amount", "no_receipt_because"],
    "/payments/{}/arrived/": ["x"],
    "/me/payments/account/by-hand/": ["method", "voucher", "deliver"],
    "/me/payments/letter/": ["official_name"],
}


@pytest.fixture
def payment(member):
    made = PaymentFactory(person=member)
    ExpenseLimit.objects.create(call=made.activity.call, kind="travel", most_pence=3000)
    return made


@pytest.mark.thorough
@pytest.mark.parametrize("address", FORMS)
def test_form_answers_bad_fields_without_a_server_error(address, payment, member):
    client, answers = Client(raise_request_exception=False), set()
    client.force_login(member)
    for name in FORMS[address]:
        for value in BAD:
            body = f"{name}={quote_from_bytes(encoded(value))}"
            kind = "application/x-www-form-urlencoded"
            answers.add(
                client.post(address.format(payment.pk), body, content_type=kind).status_code
            )

    assert max(answers) < 500


@pytest.mark.parametrize(
    "name", ["Samantha 🙂", "李小龍", "O'Neill\x07", "Łukasz Ağaoğlu", "<script>", "#let x = 1"]
)
def test_letter_can_carry_every_name(client, payment, name):
    answer = client.post("/me/payments/letter/", {"official_name": name})

    is_letter, says_why = (
        answer.content.startswith(b"%PDF-"),
        b"Our letters cannot print" in answer.content,
    )
    assert (answer.status_code, is_letter, says_why) in {(200, True, False), (200, False, True)}


def claim(client, payment, file):
    fields = {"kind": "travel", "what": "Bus", "amount": "4.60", "receipt": file}
    return client.post(f"/payments/{payment.pk}/expenses/", fields)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("note.txt", b"a bus ticket", "This is neither a photo that we can read nor a PDF."),
        ("photo.jpg", b"\xff\xd8\xff", "This is neither a photo that we can read nor a PDF."),
        ("big.pdf", b"%PDF-" + b"0" * 15 * 2**20, "has 15.1 MB. We take up to 15 MB"),
    ],
)
def test_receipt_that_cannot_be_used_says_why_and_loses_nothing(
    client, payment, name, content, said
):
    page = claim(client, payment, SimpleUploadedFile(name, content)).content.decode()

    assert said in page and "4.60" in page and not Expense.objects.exists()


def test_photo_is_written_anew_and_only_ever_a_download(client, payment):
    photo = BytesIO()
    Image.new("RGB", (3000, 200)).save(photo, "JPEG")

    claim(client, payment, SimpleUploadedFile("x.jpg", photo.getvalue()))
    expense = Expense.objects.get()
    answer = client.get(f"/expenses/{expense.pk}/receipt/")

    assert (expense.receipt.name[-5:], answer["Content-Disposition"][:10]) == (
        ".webp",
        "attachment",
    )
    assert Image.open(expense.receipt.open()).width == 1600


def test_photo_of_a_phone_of_12_megabytes_is_taken(client, payment):
    photo = BytesIO()
    Image.effect_noise((4000, 3000), 90).save(photo, "JPEG", quality=97)
    assert 10 * 2**20 < len(photo.getvalue()) < 15 * 2**20

    answer = claim(client, payment, SimpleUploadedFile("x.jpg", photo.getvalue()))

    assert (answer.status_code, Expense.objects.get().receipt.name[-5:]) == (302, ".webp")


def test_browser_is_told_which_files_to_offer(client, payment):
    page = client.get(f"/payments/{payment.pk}/expenses/").content.decode()

    assert 'accept="image/jpeg,image/png,image/webp,image/heic' in page


@pytest.mark.parametrize("text", ["£4.60", "4.60", " 4.6 ", "1,000.00"])
def test_amount_is_read_as_people_type_it(text):
    assert PoundsField().clean(text) in {460, 100_000}


@pytest.mark.parametrize(
    "text", ["0,50", "4,5", "1e1", "１０", "-1", "0", "4.605", "ten", "1,00,0"]
)
def test_amount_that_could_be_misread_is_refused_rather_than_guessed_at(text):
    with pytest.raises(ValidationError) as refused:
        PoundsField().clean(text)

    assert refused.value.messages == [LIKE_THIS]
