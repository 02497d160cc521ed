"""Ten policies go out as files and come back untouched: every section is word for word."""

import shutil
import subprocess

import pytest

from policy_drafts.desk import incoming
from policy_drafts.drafts.exports import markdown, web_page, word
from policy_drafts.drafts.exports.edition import Edition
from tests.factories import PolicyFactory, brought_in, published, role_in, section_in
from tests.policy_drafts.cases.policies import POLICIES

pytestmark = pytest.mark.django_db


def differences(policy, lead, name, content):
    brought = brought_in(policy, lead, name, content)
    rows = incoming.sections_in(brought)
    missing = [row["words"] for row in brought.held["named"] if row["group"] != "rest"]
    return [(row.title, row.beginning) for row in rows if not row.is_same] + missing


@pytest.mark.parametrize("name", POLICIES)
def test_policy_comes_back_word_for_word_from_each_of_its_files(name, policy, lead):
    for title, html in POLICIES[name]:
        section_in(policy, html, title, lead)
    edition = Edition.of(published(policy, lead), "public")
    files = {
        "copy.docx": word.of_working_copy(policy),
        "draft.docx": word.write(edition),
        "draft.md": markdown.write(edition),
        "draft.html": web_page.write(edition),
    }

    found = {file: differences(policy, lead, file, made) for file, made in files.items()}

    assert found == {file: [] for file in files}


def through_libreoffice(folder, kind, ending):
    """Convert each file of that ending in a folder, in one go."""
    if not (soffice := shutil.which("soffice")):
        pytest.skip("LibreOffice was not found: apt-get install libreoffice-writer-nogui")
    command = [soffice, "--headless", f"-env:UserInstallation=file://{folder}/office"]
    files = sorted(folder.glob(f"*.{ending}"))
    made = folder / kind
    subprocess.run(
        [*command, "--convert-to", kind, "--outdir", made, *files],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return made


@pytest.mark.browser
def test_word_files_come_back_word_for_word_from_libreoffice_and_as_odt(tmp_path):
    policies = {}
    for place, sections in enumerate(POLICIES.values()):
        policy = PolicyFactory()
        policies[str(place)] = (policy, role_in(policy))
        for title, html in sections:
            section_in(policy, html, title)
        (tmp_path / f"{place}.docx").write_bytes(word.of_working_copy(policy))
    odt = through_libreoffice(tmp_path, "odt", "docx")
    folders = [
        through_libreoffice(tmp_path, "docx", "docx"),
        through_libreoffice(odt, "docx", "odt"),
    ]

    found = [
        differences(*policies[file.stem], file.name, file.read_bytes())
        for folder in folders
        for file in folder.glob("*.docx")
    ]

    assert found == [[]] * 2 * len(POLICIES)
