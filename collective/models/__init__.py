from collective.models.activity import Activity
from collective.models.address_change import AddressChange
from collective.models.announcement import Announcement
from collective.models.browser_session import BrowserSession
from collective.models.call import Call, CallPicture
from collective.models.community import ClockOffset, Community, SupportLine
from collective.models.contact_change import ContactChange
from collective.models.follow import Follow
from collective.models.forgetting import DeletionRequest, FileToRemove, Redaction
from collective.models.interrupted_form import InterruptedForm
from collective.models.key_proof import KeyProof
from collective.models.message import Message
from collective.models.page import Page
from collective.models.person import Person
from collective.models.problem import Problem
from collective.models.record_join import JoinRequest, RecordJoin
from collective.models.sign_in import SignIn
from collective.models.staff_work import FollowUp, Taken
from collective.models.sweep_run import Backup, SweepRun

__all__ = [
    "Activity",
    "AddressChange",
    "Announcement",
    "Backup",
    "BrowserSession",
    "Call",
    "CallPicture",
    "ClockOffset",
    "Community",
    "ContactChange",
    "DeletionRequest",
    "FileToRemove",
    "Follow",
    "FollowUp",
    "InterruptedForm",
    "JoinRequest",
    "KeyProof",
    "Message",
    "Page",
    "Person",
    "Problem",
    "RecordJoin",
    "Redaction",
    "SignIn",
    "SupportLine",
    "SweepRun",
    "Taken",
]
