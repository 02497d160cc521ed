from policy_drafts.models.brought import Import, WorkingCopyFile
from policy_drafts.models.continuation import Continuation
from policy_drafts.models.draft import Audience, Draft, DraftBlock, DraftSection
from policy_drafts.models.files import DraftFile, OtherVersion
from policy_drafts.models.picture import PolicyPicture
from policy_drafts.models.policy import DraftFollow, Policy, Round
from policy_drafts.models.reason import Reason
from policy_drafts.models.role import PolicyRole
from policy_drafts.models.section import Heard, Presence, Section, SectionSave, Unsaved
from policy_drafts.models.trial import FilesTrial

__all__ = [
    "Audience",
    "Continuation",
    "Draft",
    "DraftBlock",
    "DraftFile",
    "DraftFollow",
    "DraftSection",
    "FilesTrial",
    "Heard",
    "Import",
    "OtherVersion",
    "Policy",
    "PolicyPicture",
    "PolicyRole",
    "Presence",
    "Reason",
    "Round",
    "Section",
    "SectionSave",
    "Unsaved",
    "WorkingCopyFile",
]
