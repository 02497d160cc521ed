from collective.models.activity import Activity
from collective.models.call import Call, CallPicture
from collective.models.community import ClockOffset, Community, Page, SupportLine
from collective.models.follow import Follow
from collective.models.message import Message
from collective.models.person import DeletionRequest, Person
from collective.models.sign_in import SignIn
from collective.models.sweep_run import SweepRun

__all__ = [
    "Activity", "Call", "CallPicture", "ClockOffset", "Community", "DeletionRequest", "Follow", "Message", "Page",
    "Person", "SignIn", "SupportLine", "SweepRun",
]  # fmt: skip
