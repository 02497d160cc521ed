"""The kinds of messages about policies; `emails` writes them."""

DRAFT_PUBLISHED = "draft_published"
POLICY_INVITATION = "policy_invitation"
