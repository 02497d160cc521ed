"""A draft as a file: each kind carries number, date, audience and check sum, and the whole text."""

import shutil
import subprocess
from io import BytesIO

import docx
import pytest
from PIL import Image
from pypdf import PdfReader

from policy_drafts.drafts import exports, files, publishing
from policy_drafts.drafts.exports import pdf
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Audience, DraftFile, PolicyPicture
from policy_drafts.models.leased import LeasedQuerySet
from policy_drafts.text import pictures
from tests.factories import PersonFactory, PolicyFactory, published, role_in, section_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
TEXT = (
    "<h4>Small first</h4><p>We <strong>look</strong> <em>after</em> <a "
    "href='https://example.org/'>each other</a>.<br>"
    "Always.</p><ol><li>First<ul><li>Inner</li></ul></li><li>Second</li></ol><p>Then.</p><ol "
    "start='3'><li>Third</li>"
    "</ol><blockquote>Said so</blockquote><dl><dt>Harm</dt><dd>It "
    "hurts</dd></dl><table><tr><th>Who</th><th>What</th>"
    "</tr><tr><td colspan='2'>All of us</td></tr><tr><td>One</td></tr></table>"
    "<table><tr><th>Who</th><th>What</th></tr><tr><td rowspan='2'>Ana</td><td>one</td></tr>"
    "<tr><td>two</td></tr><tr><td colspan='100000'>All</td></tr></table>"
)
WORDS = [
    "Small first",
    "each other",
    "Always.",
    "Inner",
    "Second",
    "Third",
    "Said so",
    "Harm",
    "It hurts",
    "All of us",
]


@pytest.fixture
def draft(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    policy = PolicyFactory(slug="safe", title="Safety policy")
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    file.size = file.tell()
    file.seek(0)
    picture = PolicyPicture.from_upload(policy, file, PersonFactory())
    section_in(
        policy,
        TEXT
        + pictures.figure(picture.get_absolute_url(), "A flow chart", "First this.\nThen that."),
        "Why",
    )
    return published(policy, audience=Audience.MEMBERS, news="All of it.")


def made(draft, kind):
    return exports.MAKERS[kind](Edition.of(draft, draft.audience))


def facts(draft):
    return [
        "Safety policy",
        str(draft.number),
        "8 September 2022",
        "Members: everybody who signs in",
        draft.sha256,
    ]


@pytest.mark.parametrize("kind", ["markdown", "web-page"])
def test_text_files_hold_every_word_and_say_what_they_are(draft, kind):
    text = made(draft, kind).decode()

    assert [words for words in [*WORDS, *facts(draft), "A flow chart"] if words not in text] == []


def test_web_page_asks_no_server_for_anything(draft):
    text = made(draft, "web-page").decode()

    assert "data:image/webp;base64," in text
    assert 'src="/' not in text and "<script" not in text


def test_word_file_has_real_styles_lists_and_a_picture_with_its_words(draft):
    document = docx.Document(BytesIO(made(draft, "word")))
    styles = {row.text: row.style.name for row in document.paragraphs}

    assert (styles["Safety policy"], styles["1. Why"]) == ("Title", "Heading 1")
    assert (styles["Inner"], styles["Second"], styles["Said so"]) == (
        "List Bullet 2",
        "List Number",
        "Quote",
    )
    assert document.tables[0].cell(1, 0).text == "All of us"
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "A flow chart"


def test_numbered_lists_of_a_word_file_do_not_run_on_into_each_other(draft):
    document = docx.Document(BytesIO(made(draft, "word")))
    numbers = {
        row.text: row._p.pPr.numPr.numId.val
        for row in document.paragraphs
        if row.style.name == "List Number"
    }

    assert numbers["First"] == numbers["Second"] != numbers["Third"]


def test_cell_that_reaches_down_leaves_the_others_in_their_columns(draft):
    [second] = [
        row for row in docx.Document(BytesIO(made(draft, "word"))).tables if "Ana" in row._tbl.xml
    ]
    cells = [[cell.text for cell in row.cells] for row in second.rows]

    assert cells == [["Who", "What"], ["Ana", "one"], ["Ana", "two"], ["All", "All"]]
    assert "|  | two |" in made(draft, "markdown").decode()


@pytest.mark.parametrize("kind", ["pdf", "large-print"])
def test_pdf_is_tagged_has_bookmarks_title_and_language(draft, kind):
    pdf = PdfReader(BytesIO(made(draft, kind)))
    text = "\n".join(page.extract_text() for page in pdf.pages)

    assert (pdf.metadata.title, pdf.trailer["/Root"]["/Lang"]) == (
        "Safety policy, draft 1",
        "en-GB",
    )
    assert (
        pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in pdf.trailer["/Root"]
    )
    assert "1. Why" in str(pdf.outline)
    assert [words for words in WORDS if words not in text] == []


@pytest.mark.parametrize("kind", ["pdf", "markdown", "web-page", "word"])
def test_policy_is_read_before_its_check_sum(draft, kind):
    content = made(draft, kind)
    if kind == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    elif kind == "word":
        text = "".join(row.text for row in docx.Document(BytesIO(content)).paragraphs)
    else:
        text = content.decode()

    assert text.index("Second") < text.index("The check sum of this draft") < text.index("SHA-256")


@pytest.mark.parametrize("kind", ["pdf", pytest.param("large-print", marks=pytest.mark.thorough)])
def test_pdf_ua_checker_finds_nothing(draft, kind, tmp_path):
    path = tmp_path / "draft.pdf"
    path.write_bytes(made(draft, kind))

    found = subprocess.run(
        [shutil.which("outloud") or ".venv/bin/outloud", "-q", path], capture_output=True, text=True
    )

    assert found.returncode == 0, found.stdout


@pytest.mark.browser
def test_word_file_opens_in_libreoffice_with_the_same_text(draft, tmp_path):
    if not (soffice := shutil.which("soffice")):
        pytest.skip("LibreOffice was not found: apt-get install libreoffice-writer-nogui")
    (tmp_path / "draft.docx").write_bytes(made(draft, "word"))
    command = [
        soffice,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--convert-to",
        "txt:Text",
    ]

    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "draft.docx"],
        check=True,
        capture_output=True,
        timeout=120,
    )

    text = (tmp_path / "draft.txt").read_text(encoding="utf-8-sig")
    assert [words for words in [*WORDS, *facts(draft)] if words not in text] == []


def test_files_are_made_by_the_sweep_and_once(draft):
    assert files.make_due() == (5, 5)
    assert files.make_due() == (0, 0)


def test_file_that_cannot_be_made_stops_no_other_and_is_given_up_after_five_times(
    draft, monkeypatch, early
):
    monkeypatch.setitem(exports.MAKERS, "pdf", lambda *_: 1 / 0)
    for _ in range(6):
        files.make_due()
        early.shift(files.LEASE * 2)

    assert dict(DraftFile.objects.values_list("kind", "state")) == {
        "word": "ready",
        "pdf": "failed",
        "large-print": "ready",
        "web-page": "ready",
        "markdown": "ready",
    }


def test_file_that_a_killed_worker_had_is_made_after_its_lease(draft, early):
    DraftFile.objects.claim(DraftFile.objects.first().pk, files.LEASE)
    assert files.make_due() == (4, 4)

    early.shift(files.LEASE * 2)
    assert files.make_due() == (1, 1)


def test_file_whose_workers_all_died_is_given_up(draft, early):
    for _ in range(files.MOST_ATTEMPTS):
        for row in DraftFile.objects.all():
            DraftFile.objects.claim(row.pk, files.LEASE)
        early.shift(files.LEASE * 2)

    assert files.make_due() == (5, 0)
    assert set(DraftFile.objects.values_list("state", flat=True)) == {"failed"}


def test_file_that_cannot_be_claimed_keeps_no_other_from_being_made(draft, monkeypatch):
    broken, claim = DraftFile.objects.first().pk, LeasedQuerySet.claim
    monkeypatch.setattr(
        LeasedQuerySet,
        "claim",
        lambda self, pk, lease: claim(self, pk, lease) if pk != broken else 1 / 0,
    )

    with pytest.raises(ZeroDivisionError):
        files.make_due()

    assert DraftFile.objects.filter(state=DraftFile.State.READY).count() == 4


def test_file_of_a_draft_is_found_only_by_people_who_may_read_it(draft, client, member):
    files.make_due()

    assert client.get("/policies/safe/drafts/1/files/pdf/").status_code == 200
    client.logout()
    assert client.get("/policies/safe/drafts/1/files/pdf/").status_code == 404


def test_draft_that_is_opened_to_more_people_says_so_in_its_files(draft, client):
    files.make_due()
    publishing.open_to(draft, Audience.PUBLIC)
    assert client.get("/policies/safe/drafts/1/files/markdown/").status_code == 404
    files.make_due()

    answer = client.get("/policies/safe/drafts/1/files/markdown/")

    assert "- For: Everybody" in b"".join(answer.streaming_content).decode()


def test_files_of_a_withdrawn_draft_are_gone(draft, client, member):
    files.make_due()
    publishing.withdraw(draft, PersonFactory(), "It named somebody.")

    assert client.get("/policies/safe/drafts/1/files/pdf/").status_code == 404


def test_other_versions_stand_first_and_say_which_draft_they_match(draft, client):
    client.force_login(role_in(draft.policy))
    form = {"kind": "bsl", "name": "Signed by Ana", "link": "https://video.example/1"}
    client.post("/policies/safe/drafts/1/versions/", form)

    page = client.get("/policies/safe/drafts/1/").content.decode()

    page = " ".join(page.split())
    assert page.index("Signed by Ana") < page.index("<h2>Files</h2>")
    assert "British Sign Language, on another site; matches draft 1" in page


def test_version_of_a_kind_that_people_cannot_open_is_refused(draft, client):
    client.force_login(role_in(draft.policy))
    file = BytesIO(b"x")
    file.name = "x.exe"

    page = client.post(
        "/policies/safe/drafts/1/versions/", {"kind": "audio", "name": "x", "file": file}
    )

    assert "Please use one of these" in page.content.decode()


def test_text_from_right_to_left_keeps_its_direction_in_each_file():
    policy = PolicyFactory(title="Safety")
    text = "<p>שלום Ring</p><ul><li>שבת</li></ul><table><tr><td>ערב</td></tr></table><p>Hello</p>"
    section_in(policy, text, "Both")
    draft = published(policy)
    body = docx.Document(BytesIO(made(draft, "word"))).element.body
    page = made(draft, "web-page").decode()
    paper = pdf.Nodes(None, {}).section(draft.sections.get().html)

    marked = [row.text for row in body.xpath(".//w:p[w:pPr/w:bidi]")]
    assert marked == ["שלום Ring", "שבת", "ערב"]
    assert len(body.xpath(".//w:r[w:rPr/w:rtl]")) == 3
    assert len(body.xpath(".//w:tbl/w:tblPr/w:bidiVisual")) == 1
    assert page.count('dir="rtl"') == 5
    assert [row.get("to") for row in paper] == ["rtl", "rtl", "rtl", None]
