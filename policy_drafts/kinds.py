"""The kinds of messages about policies; `emails` writes them."""

DRAFT_PUBLISHED = "draft_published"
LEAD_INVITED = "policy_lead_invited"
LEAD_JOINED = "policy_lead_joined"
POLICY_INVITATION = "policy_invitation"
ROLE_ENDED = "policy_role_ended"
