"""Every address of the admin × the person who asks, with the expected answers.

An address without a row fails.
"""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse

from collective import clock
from collective.models import (
    Announcement,
    Community,
    DeletionRequest,
    FollowUp,
    Message,
    SupportLine,
    SweepRun,
)
from events.models import AccessNeed
from payments.models import (
    Expense,
    ExpenseLimit,
    PaymentRules,
    PayoutAttempt,
    Review,
    UnknownMovement,
)
from tests import matrix
from tests.factories import (
    ActivityFactory,
    CallFactory,
    CoordinatorFactory,
    FollowFactory,
    PageFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    PhonePersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    fill,
    sign_up,
    slots_of,
)
from tests.portal.test_access_matrix import names
from tests.signed_in import browser_of

OK, TO, FORBIDDEN, NO, NEVER = 200, 302, 403, 404, 405
# name without "admin:": (coordinator, finance, safeguarding lead, superuser without second factor,
# member)
ROWS = {
    "app_list": (OK, OK, NO, TO, TO),
    "auth_group_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_changelist": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_history": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "autocomplete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_act": (NO, NO, NO, TO, TO),
    "collective_activity_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_change": (OK, OK, FORBIDDEN, TO, TO),
    "collective_activity_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_activity_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_preview": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_change": (OK, OK, FORBIDDEN, TO, TO),
    "collective_call_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_call_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_act": (NO, NO, NO, TO, TO),
    "collective_community_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_stop": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_tell": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_act": (NO, NO, NO, TO, TO),
    "collective_page_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_change": (OK, FORBIDDEN, OK, TO, TO),
    "collective_page_changelist": (OK, FORBIDDEN, OK, TO, TO),
    "collective_page_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_history": (OK, FORBIDDEN, OK, TO, TO),
    "collective_person_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_change": (OK, OK, FORBIDDEN, TO, TO),
    "collective_person_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_person_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_email": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_forget": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_invite": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_join": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_supportline_add": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_change": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_changelist": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_delete": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_history": (OK, FORBIDDEN, OK, TO, TO),
    "collective_sweeprun_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_arrange": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_answers": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_capacity": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_private": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_board": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_book": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_book_person": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_cancel": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_change": (OK, OK, FORBIDDEN, TO, TO),
    "events_conversationseries_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_conversationseries_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_from_card": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_offer": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_answers": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_capacity": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_change": (OK, OK, FORBIDDEN, TO, TO),
    "events_registration_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_registration_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_act": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_attendance": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_board": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_book": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_book_person": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_cancel": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_change": (OK, OK, FORBIDDEN, TO, TO),
    "events_session_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_session_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_door_sheet": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_export": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_needs": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_places": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_print_list": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_walk_in": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "held": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "index": (OK, OK, OK, TO, TO),
    "jsi18n": (OK, OK, OK, TO, TO),
    "login": (TO, TO, TO, TO, TO),
    "logout": (NEVER, NEVER, NEVER, TO, TO),
    "mfa_authenticator_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_changelist": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_history": (TO, TO, TO, TO, TO),
    "guessing": (OK, OK, OK, TO, TO),
    "payments": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_approve": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenses_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_history_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_act": (NO, NO, NO, TO, TO),
    "payments_expense_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_expense_decide": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_receipt": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_expense_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_act": (NO, NO, NO, TO, TO),
    "payments_expenselimit_add": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_delete": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_batch": (FORBIDDEN, NO, FORBIDDEN, TO, TO),
    "payments_hand_export": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_hand_file": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_not_paid": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_record": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_payment_act": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_add": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_approve": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_by_hand_account": (OK, OK, FORBIDDEN, TO, TO),
    "payments_payment_choice": (OK, OK, FORBIDDEN, TO, TO),
    "payments_payment_expense": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_hand_instead": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_recorded_wrongly": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payment_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_act": (NO, NO, NO, TO, TO),
    "payments_paymentrules_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_paymentrules_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_paymentrules_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payoutaccount_act": (NO, NO, NO, TO, TO),
    "payments_payoutaccount_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payoutaccount_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payoutaccount_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payoutaccount_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payoutaccount_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_act": (NO, NO, NO, TO, TO),
    "payments_review_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_review_propose": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_settle": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_review_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_act": (NO, NO, NO, TO, TO),
    "payments_unknownmovement_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_unknownmovement_explain": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_unknownmovement_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "policy_drafts_policy_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "status": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "take": (NEVER, NEVER, NEVER, TO, TO),
}
# The same, each answer to POST of a form in which nothing is filled in.
POSTS = {
    "app_list": (OK, OK, NO, TO, TO),
    "auth_group_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_changelist": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "auth_group_history": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "autocomplete": (NEVER, NEVER, NEVER, TO, TO),
    "collective_activity_act": (NO, NO, NO, TO, TO),
    "collective_activity_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_activity_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_activity_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_announcement_preview": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_call_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_call_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_act": (NO, NO, NO, TO, TO),
    "collective_community_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_community_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_deletionrequest_stop": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_follow_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_followup_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_message_tell": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_act": (NO, NO, NO, TO, TO),
    "collective_page_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_change": (OK, FORBIDDEN, OK, TO, TO),
    "collective_page_changelist": (OK, FORBIDDEN, OK, TO, TO),
    "collective_page_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_page_history": (OK, FORBIDDEN, OK, TO, TO),
    "collective_person_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "collective_person_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_email": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_forget": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_invite": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_person_join": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_supportline_add": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_change": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_changelist": (OK, FORBIDDEN, OK, TO, TO),
    "collective_supportline_delete": (TO, FORBIDDEN, TO, TO, TO),
    "collective_supportline_history": (OK, FORBIDDEN, OK, TO, TO),
    "collective_sweeprun_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "collective_sweeprun_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_arrange": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_accessneed_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_answers": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_capacity": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversation_private": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_board": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_book": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_book_person": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_cancel": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_conversationseries_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_from_card": (NO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_conversationseries_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_answers": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_capacity": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_registration_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_registration_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_attendance": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_board": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_book": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_book_person": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_cancel": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_changelist": (OK, OK, FORBIDDEN, TO, TO),
    "events_session_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_door_sheet": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_export": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_move": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_needs": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_places": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_print_list": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_session_walk_in": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_act": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_change": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "events_timerequest_offer": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "held": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "index": (OK, OK, OK, TO, TO),
    "jsi18n": (NEVER, NEVER, NEVER, TO, TO),
    "login": (TO,) * 5,
    "logout": (OK, OK, OK, TO, TO),
    "mfa_authenticator_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_change": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_changelist": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "mfa_authenticator_history": (TO,) * 5,
    "guessing": (NEVER, NEVER, NEVER, TO, TO),
    "payments": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_approve": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_act": (NO, NO, NO, TO, TO),
    "payments_expense_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_expense_change": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_expense_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_decide": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_expense_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expense_receipt": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_act": (NO, NO, NO, TO, TO),
    "payments_expenselimit_add": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenselimit_delete": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_expenselimit_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_expenses_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_batch": (FORBIDDEN, NO, FORBIDDEN, TO, TO),
    "payments_hand_export": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_hand_file": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_not_paid": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_hand_record": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_history_csv": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_act": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_payment_add": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_approve": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_payment_by_hand_account": (OK, OK, FORBIDDEN, TO, TO),
    "payments_payment_change": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_payment_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_choice": (OK, OK, FORBIDDEN, TO, TO),
    "payments_payment_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payment_expense": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_hand_instead": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_recorded_wrongly": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payment_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_act": (NO, NO, NO, TO, TO),
    "payments_paymentrules_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_paymentrules_change": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_paymentrules_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_paymentrules_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payoutaccount_act": (NO, NO, NO, TO, TO),
    "payments_payoutaccount_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payoutaccount_change": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_payoutaccount_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_payoutaccount_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_payoutaccount_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_act": (NO, NO, NO, TO, TO),
    "payments_review_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_review_change": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_review_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_review_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_propose": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_review_settle": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_unknownmovement_act": (NO, NO, NO, TO, TO),
    "payments_unknownmovement_add": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_unknownmovement_change": (FORBIDDEN, TO, FORBIDDEN, TO, TO),
    "payments_unknownmovement_changelist": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "payments_unknownmovement_explain": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "payments_unknownmovement_history": (FORBIDDEN, OK, FORBIDDEN, TO, TO),
    "policy_drafts_policy_add": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_change": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_changelist": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_delete": (FORBIDDEN, FORBIDDEN, FORBIDDEN, TO, TO),
    "policy_drafts_policy_history": (OK, FORBIDDEN, FORBIDDEN, TO, TO),
    "status": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
    "take": (TO, FORBIDDEN, FORBIDDEN, TO, TO),
}


def payment_keys(session):
    """A row of each model of payments."""
    payment = PaymentFactory(activity=session, person=PhonePersonFactory())
    attempt = PayoutAttempt.objects.create(
        payment=payment, method="stripe", amount_pence=7500, request={}
    )
    expense = Expense.objects.create(
        payment=payment,
        kind="travel",
        what="Bus",
        amount_pence=300,
        added_by=payment.person,
        receipt=ContentFile(b"%PDF-", name="r.pdf"),
    )
    PaymentRules.note()
    return {
        "payments_payment": payment.pk,
        "payments_expense": expense.pk,
        "payments_expenselimit": ExpenseLimit.objects.create(
            call=session.call, kind="travel", most_pence=2000
        ).pk,
        "payments_paymentrules": 1,
        "payments_payoutaccount": PayoutAccountFactory(person=payment.person).pk,
        "payments_review": Review.objects.create(attempt=attempt, why="Unknown").pk,
        "payments_unknownmovement": UnknownMovement.objects.create(
            stripe_id="obp_1", amount_pence=1
        ).pk,
        "payments_hand": uuid.uuid4(),
    }


def conversation_keys(call):
    """A row of each model of conversations."""
    series = SeriesFactory(call=call)
    booked, _ = slots_of(series, 2, clock.now() + timedelta(days=3))
    asked = series.time_requests.create(person=PersonFactory(), wish="x")
    return {
        "events_conversation": book(booked).pk,
        "events_conversationseries": series.pk,
        "events_timerequest": asked.pk,
    }


@pytest.fixture
def arguments(db):
    """A row of everything that an address names; access needs and phone numbers among it."""
    call = CallFactory()
    session = SessionFactory(call=call, places=2)
    person = PersonFactory(name="Amina")
    registration = sign_up(session, person, access_needs={"choices": ["captions"], "notes": ""})
    waiting = fill(session) and sign_up(session, PhonePersonFactory(name="Olive"))
    announcement = Announcement.objects.create(
        audience="confirmed", activity=session, subject="News", body="<p>x</p>"
    )
    keys = {
        "auth_group": Group.objects.first().pk,
        "collective_activity": ActivityFactory(call=call).pk,
        "collective_announcement": announcement.pk,
        "collective_call": call.pk,
        "collective_community": Community.objects.get().pk,
        "collective_deletionrequest": DeletionRequest.objects.create(
            person=person, asked_at=clock.now()
        ).pk,
        "collective_follow": FollowFactory(call=call).pk,
        "collective_followup": FollowUp.objects.create(
            person=person, what="x", due_on=clock.now().date()
        ).pk,
        "collective_message": Message.objects.by_hand().get().pk,
        "collective_page": PageFactory().pk,
        "collective_person": person.pk,
        "collective_supportline": SupportLine.objects.create(
            name="x", about="x", checked_on=clock.now().date()
        ).pk,
        "collective_sweeprun": SweepRun.objects.create(name="offers").pk,
        "events_accessneed": AccessNeed.objects.get().pk,
        "events_registration": registration.pk,
        "events_session": session.pk,
        "policy_drafts_policy": PolicyFactory().pk,
        **conversation_keys(call),
        **payment_keys(session),
    }
    return keys, {"events_registration_move": waiting.pk}, person


ACTS = {
    "collective_announcement": "stop",
    "collective_call": "withdraw",
    "collective_deletionrequest": "begin",
    "collective_followup": "done",
    "collective_message": "undo",
    "collective_person": "leave",
    "events_accessneed": "called_off",
    "events_conversation": "cancel",
    "events_conversationseries": "close",
    "events_registration": "give_back",
    "events_session": "close",
    "events_timerequest": "settle",
    "payments_payment": "confirm",
}


def address_of(name, keys, special):
    """The address, with the rows above for what it names."""
    model = "_".join(name.split("_")[: 3 if name.startswith("policy_drafts") else 2])
    key = special.get(name, keys.get(model))
    if name.endswith("_book_person"):
        return reverse(f"admin:{name}", args=[key, keys["collective_person"]])
    if name == "held":
        key = keys["collective_person"]
    if name == "app_list":
        return reverse(f"admin:{name}", args=["events"])
    if name.endswith("_act"):
        return reverse(f"admin:{name}", args=[key, ACTS.get(model, "none")])
    if name == "payments_hand_batch":
        return reverse(f"admin:{name}", args=[key])
    plain = (
        "_changelist",
        "_add",
        "index",
        "login",
        "logout",
        "autocomplete",
        "jsi18n",
        "take",
        "status",
        "guessing",
        "_invite",
        "payments",
        "payments_approve",
        "_csv",
        "_hand",
        "_hand_export",
        "_hand_file",
        "_hand_not_paid",
        "_hand_record",
        "_from_card",
    )
    return reverse(f"admin:{name}", args=[] if name.endswith(plain) else [key or 1])


@pytest.fixture
def clients(db):
    """One browser each, in the order of the table."""
    coordinator, finance, safeguarding, boss = (CoordinatorFactory() for _ in range(4))
    finance.groups.set([Group.objects.get(name="Finance")])
    safeguarding.groups.set([Group.objects.get(name="Safeguarding leads")])
    boss.is_superuser = True
    boss.save()
    with_factor = [browser_of(person) for person in (coordinator, finance, safeguarding)]
    without = [browser_of(person, second_factor=False) for person in (boss, PersonFactory())]
    return with_factor + without


def admin_names():
    return sorted(
        {name.removeprefix("admin:") for name in names(get_resolver()) if name.startswith("admin:")}
    )


def test_each_admin_address_has_a_row():
    assert admin_names() == sorted(ROWS)


@pytest.mark.thorough
@pytest.mark.usefixtures("early", "community")
@pytest.mark.parametrize(("method", "table"), [("get", ROWS), ("post", POSTS)])
def test_each_admin_address_answers_each_person_as_the_table_says(
    method, table, arguments, clients
):
    keys, special, _ = arguments
    addresses = {name: address_of(name, keys, special) for name in admin_names()}

    assert matrix.answers(method, addresses, clients) == table
