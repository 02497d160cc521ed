"""The check sum that a draft carries, so that anybody can see that it is what was published."""

import hashlib
import json
from typing import Any

from policy_drafts.drafts import contents
from policy_drafts.drafts.contents import DraftContents, WorkingContents
from policy_drafts.models import Draft
from policy_drafts.text.diffs import AnyBlock, AnySection

Contents = WorkingContents | DraftContents


def sha256_of(draft: Draft, shown: Contents) -> str:
    """The SHA-256 that a draft with these contents carries."""
    return hashlib.sha256(canonical(draft, shown)).hexdigest()


def sha256_now(draft: Draft) -> str:
    """The SHA-256 of what the database holds now.

    It is the same as the draft's, or somebody got past every guard.
    """
    return sha256_of(draft, contents.of_draft(draft))


def canonical(draft: Draft, shown: Contents) -> bytes:
    """The bytes whose SHA-256 a draft carries. docs/policies.md says how to make them again.

    JSON with sorted keys, no spaces, UTF-8: format, policy, number, title, and sections in order,
    each with number, uid, title, HTML and blocks; each block with uid, kind, text and HTML.
    Pictures count by their address and description.
    """
    content = {
        "format": "collective-draft-1",
        "policy": draft.policy.slug,
        "number": draft.number,
        "title": draft.policy_title,
        "sections": [
            _section(section) | {"blocks": [_block(row) for row in rows]} for section, rows in shown
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _section(section: AnySection) -> dict[str, Any]:
    return {
        "number": section.number,
        "uid": str(section.uid),
        "title": section.title,
        "html": section.html,
    }


def _block(block: AnyBlock) -> dict[str, str]:
    return {"uid": str(block.uid), "kind": block.kind, "text": block.text, "html": block.html}
