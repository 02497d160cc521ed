from collective.admin.calls import ActivityAdmin, CallAdmin
from collective.admin.forgetting import DeletionRequestAdmin
from collective.admin.messages import FollowAdmin, MessageAdmin, SweepRunAdmin
from collective.admin.people import PersonAdmin
from collective.admin.site import CommunityAdmin, PageAdmin, SupportLineAdmin
from collective.admin.staff_work import AnnouncementAdmin, FollowUpAdmin

__all__ = [
    "ActivityAdmin",
    "AnnouncementAdmin",
    "CallAdmin",
    "CommunityAdmin",
    "DeletionRequestAdmin",
    "FollowAdmin",
    "FollowUpAdmin",
    "MessageAdmin",
    "PageAdmin",
    "PersonAdmin",
    "SupportLineAdmin",
    "SweepRunAdmin",
]
