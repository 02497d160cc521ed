"""A passage in another language says so in every file, and still does when the file comes back."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from policy_drafts.desk.readers import word
from policy_drafts.drafts.exports import pdf, web_page
from policy_drafts.drafts.exports import word as word_file
from policy_drafts.drafts.exports.edition import Edition
from tests.factories import PolicyFactory, published, section_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]
HTML = (
    "<p>We look after each other, and we say so in the words of each of us.</p>"
    '<p lang="cy">Bore <strong>da</strong>.</p><ul><li><p lang="ar">صباح الخير</p></li></ul>'
    '<h3 lang="zh-Hans">早上好</h3>'
)
MARKED = ['lang="cy"', 'lang="ar"', 'lang="zh-Hans"']


@pytest.fixture
def policy():
    made = PolicyFactory(slug="safe", title="Safety policy")
    section_in(made, HTML, "Why")
    return made


def test_page_and_web_page_say_the_language(policy, client):
    draft = published(policy)
    pages = [client.get("/policies/safe/").content, web_page.write(Edition.of(draft, "public"))]

    assert [[words in page.decode() for words in MARKED] for page in pages] == [[True] * 3] * 2


def test_word_file_says_the_language_and_brings_it_back(policy):
    content = word_file.of_working_copy(policy)
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    back = "".join(part.html for part in word.read(content).sections)

    assert xml.count('<w:lang w:val="cy"') == 3 and xml.count("<w:rtl/>") == 1
    assert [words in back for words in MARKED] == [True] * 3
    assert back.count("lang=") == 3


def languages_in(node):
    """The languages that the parts of a tagged PDF say."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [found for part in node for found in languages_in(part)]
    if not isinstance(node, dict):
        return []
    own = [node["/Lang"]] if "/Lang" in node else []
    return own + languages_in(node.get("/K"))


def test_pdf_says_the_language():
    html = '<p>Hello.</p><p lang="fr">Ça va.</p><ul><li><p lang="cy">Da.</p></li></ul>'
    draft = published(section_in(PolicyFactory(), html).policy)
    read = PdfReader(io.BytesIO(pdf.write(Edition.of(draft, "public"))))

    assert languages_in(read.trailer["/Root"]["/StructTreeRoot"]) == ["fr", "cy"]
