"""Whatever is typed as a title, every file that carries it can be made."""

from io import BytesIO

import docx
import pytest
from icalendar import Calendar
from markdown_it import MarkdownIt
from pypdf import PdfReader

from collective.errors import RuleError
from events import calendar
from events.models import Session
from events.sessions.admin.forms import SessionForm
from policy_drafts.desk import outline
from policy_drafts.desk.forms import TitleForm
from policy_drafts.drafts import exports
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Audience, Policy
from tests.cases import PEOPLE
from tests.factories import PolicyFactory, SessionFactory, published, section_in, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
TYPED = [row for row in PEOPLE["titles"] + PEOPLE["names"] if "typed" in row]
KEPT = [row for row in TYPED if "kept" in row and "build" not in row]
TITLES = [row for row in PEOPLE["titles"] if "kept" in row]
REFUSED = [row for row in TYPED if "refused" in row and "build" not in row]
of_case = pytest.mark.parametrize("row", KEPT, ids=lambda row: ascii(row["typed"]))


@pytest.fixture
def draft_of():
    """A published draft of a policy and a section with this title."""

    def publish(title):
        policy = PolicyFactory(title=title)
        section_in(policy, title=title)
        return published(Policy.objects.get(pk=policy.pk), audience=Audience.MEMBERS)

    return publish


def made(draft, kind):
    return exports.MAKERS[kind](Edition.of(draft, draft.audience))


def lines_of(markdown):
    """The lines of a Markdown file, as whoever opens it reads them."""
    inline = [token for token in MarkdownIt().parse(markdown) if token.type == "inline"]
    return ["".join(part.content for part in token.children) for token in inline]


@of_case
def test_files_of_a_policy_are_made(draft_of, row):
    draft = draft_of(row["typed"])

    files = {kind: made(draft, kind) for kind in ("word", "markdown", "web-page")}

    assert f"1. {row['kept']}" in lines_of(files["markdown"].decode())
    assert f"1. {row['kept']}" in [
        line.text for line in docx.Document(BytesIO(files["word"])).paragraphs
    ]


@pytest.mark.parametrize("kind", ["pdf", "large-print"])
@pytest.mark.parametrize("row", TITLES, ids=lambda row: ascii(row["typed"]))
def test_paper_of_a_policy_is_made(draft_of, row, kind):
    pdf = PdfReader(BytesIO(made(draft_of(row["typed"]), kind)))

    assert f"1. {row['kept']}" in pdf.pages[0].extract_text()


@of_case
def test_word_file_of_the_working_copy_is_made(row):
    policy = PolicyFactory(title=row["typed"])
    section_in(policy, title=row["typed"])

    file = exports.word.of_working_copy(Policy.objects.get(pk=policy.pk))

    assert docx.Document(BytesIO(file)).paragraphs[0].text == row["kept"]


@of_case
def test_calendar_file_of_a_session_is_made(row):
    session = SessionFactory(title=row["typed"], neutral_name=row["typed"])

    file = calendar.invitation(calendar.of_registration(sign_up(session)))

    assert str(Calendar.from_ical(file).walk("VEVENT")[0]["summary"]) == row["kept"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: ascii(row["typed"]))
def test_title_that_nobody_can_see_is_refused(row):
    with pytest.raises(RuleError, match="title"):
        outline.insert(PolicyFactory(), None, outline.NewSection(row["typed"], ""))

    assert "title" in TitleForm({"title": row["typed"]}).errors
    assert "title" in SessionForm({"title": row["typed"]}, instance=Session()).errors
