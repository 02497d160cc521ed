"""The clockwork of the whole product, on one page: what runs when, who is told what, what joins.

Apps name what they do, and nothing of theirs registers itself: it stands here, in its order. The
rows are dotted names, as in Django's settings, because models exist only once apps are ready.
"""

from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.utils.module_loading import import_string

EACH_TIME = timedelta(seconds=10)  # shorter than beat's interval: whenever sweeps are looked at
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# (name, the act, how often). In this order: "messages" sends what the sweeps before it wrote.
SWEEPS = [
    ("offers", "events.sessions.waiting_list.move_all_on", EACH_TIME),
    ("reminders", "events.sessions.messages.reminders.fan_out_all_due", EACH_TIME),
    ("conversations given up", "events.conversations.booking.let_go_all", EACH_TIME),
    ("conversation reminders", "events.conversations.reminders.remind_all", EACH_TIME),
    ("times ahead", "events.conversations.times.opening.extend_all", 6 * HOUR),
    ("small fees", "events.conversations.outcomes.settle_left_out", 10 * MINUTE),
    ("kept times", "events.conversations.times.first_choice.release_lapsed", EACH_TIME),
    ("new times", "events.conversations.times.new_times.tell_all", EACH_TIME),
    ("requests to be forgotten", "collective.people.asked_to_forget.carry_out_all", MINUTE),
    ("numbers and topics", "events.conversations.confidential.forget_told", HOUR),
    ("private notes", "events.conversations.confidential.forget_notes", HOUR),
    ("old wishes for times", "events.conversations.confidential.forget_wishes", HOUR),
    ("old drafts", "events.typed.forget_old", HOUR),
    ("interrupted forms", "collective.people.interrupted.forget_old", HOUR),
    ("private answers", "events.sessions.retention.forget_private_answers", HOUR),
    ("files of drafts", "policy_drafts.drafts.files.make_due", EACH_TIME),
    ("work of the desk", "policy_drafts.desk.work.do_due", EACH_TIME),
    ("texts brought in", "policy_drafts.desk.bringing_in.forget_old", 6 * HOUR),
    ("unsaved texts", "policy_drafts.desk.unsaved.forget_old", 6 * HOUR),
    ("payments to begin", "payments.sending.payouts.begin_all", EACH_TIME),
    ("payments to send", "payments.sending.payouts.send_all", EACH_TIME),
    ("payments to review", "payments.sending.payouts.review_overdue", EACH_TIME),
    ("Stripe's events", "payments.sending.webhooks.handle_all", EACH_TIME),
    ("bank accounts", "payments.sending.read_accounts.read_all", MINUTE),
    ("payments under way", "payments.sending.reconciliation.look_under_way", 15 * MINUTE),
    ("payments of 40 days", "payments.sending.reconciliation.look_back", 15 * MINUTE),
    ("accounts to close", "payments.sending.closing.close_all", 10 * MINUTE),
    ("payment reminders", "payments.owing.choices.remind_all", 5 * MINUTE),
    ("payments arrived", "payments.sending.arrivals.take_for_arrived", HOUR),
    ("old events of Stripe's", "payments.sending.webhooks.forget_old", 6 * HOUR),
    ("follows", "collective.messages.follows.announce_all", EACH_TIME),
    ("messages to many", "collective.messages.announcements.send_due", EACH_TIME),
    ("address changes", "collective.people.address_changes.apply_all_due", MINUTE),
    ("problems", "collective.seeing.problems.note_all", MINUTE),
    ("staff email", "portal.today.mail.tell_staff", 5 * MINUTE),
    ("marks on Today", "collective.taken.forget_old_marks", 6 * HOUR),
    ("messages", "collective.messages.mail.send_due", EACH_TIME),
    ("mail that came back", "collective.messages.bounces.read_all", 5 * MINUTE),
    ("untrue tasks", "collective.messages.by_hand.drop_untrue", MINUTE),
    ("joined records", "collective.people.record_joins.forget_old", HOUR),
    ("files to remove", "collective.people.asked_to_forget.remove_files", 10 * MINUTE),
    ("old message texts", "collective.messages.mail.empty_old_texts", 6 * HOUR),
    ("heartbeat", "collective.seeing.heartbeat.send", MINUTE),
    ("old problems", "collective.seeing.problems.forget_old", 6 * HOUR),
    ("old sweep runs", "collective.background.sweeps.forget_old_runs", 6 * HOUR),
    ("old changes of contacts", "collective.people.contact_changes.forget_old", 6 * HOUR),
    ("old address changes", "collective.people.address_changes.forget_old", 6 * HOUR),
    ("old sessions", "collective.people.browser_sessions.forget_old", HOUR),
    ("old sign-ins", "collective.background.sweeps.forget_old_sign_ins", HOUR),
]

# Modules whose functions, marked with `mail.kind`, write the messages that we send.
MESSAGES = [
    "collective.messages.emails",
    "collective.messages.announcements",
    "collective.messages.whom_to_tell",
    "collective.people.address_changes",
    "collective.people.contact_changes",
    "collective.people.email_change",
    "collective.people.join_news",
    "collective.people.forgetting_emails",
    "collective.people.staff",
    "collective.seeing.problems",
    "events.sessions.messages.emails",
    "events.conversations.emails",
    "policy_drafts.emails",
    "payments.emails",
    "portal.today.mail",
]

# Modules whose AUDIENCES a message to many can go to, in the order in which staff choose.
AUDIENCES = ["collective.messages.announcements", "events.audiences"]

# Turns a call's activities into cards: each as what it is, with what the reader needs to know.
CARDS = "events.cards.with_children"

# How each app joins its rows of two records, IN THE ORDER OF LOCKS: activities and registrations,
# conversations, policies, then people and payments. Another order can deadlock with a sign-up.
JOINS = [
    ("registrations", "events.sessions.joins"),
    ("conversations", "events.conversations.joins"),
    ("policies", "policy_drafts.roles.joins"),
    ("payments", "payments.joins"),
]

# How each app forgets somebody, IN THE ORDER OF LOCKS, as above: the second to last locks the
# people, and payments come after them.
FORGETS = [
    ("registrations", "events.sessions.forgetting"),
    ("conversations", "events.conversations.forgetting"),
    ("policies", "policy_drafts.forgetting"),
    ("people", "collective.people.forgotten_rows"),
    ("payments", "payments.forgetting"),
]

# What is encrypted in places of other libraries, beside our encrypted columns: `rotate_field_keys`
# walks these too, and nothing else can encrypt.
ENCRYPTED = ["collective.people.adapters.SECRETS"]

# What has to be held or done at once after a backup was restored, in this order.
AFTER_RESTORE = [
    "events.conversations.reminders.hold_after_restore",
    "events.sessions.messages.reminders.hold_after_restore",
    "events.sessions.waiting_list.move_on_after_restore",
    "payments.sending.reconciliation.pause_after_restore",
    "collective.people.asked_to_forget.forget_again_after_restore",
    "portal.today.mail.tell_after_restore",
]

# Who holds a place that will earn a session's fee, asked by the call's pay rule.
PAID_SESSIONS = "events.sessions.attendance.calls_with_paid_session"

# Conversations that are open with whoever leads a policy, told at the end of its drafts.
TALKS = "events.conversations.open_series.with_hosts"

# What `manage.py check` asks besides Django's own.
CHECK_OF_THE_SENDER = "collective.safety.senders.check_sender"


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "The roof"

    def ready(self) -> None:
        """Wind up the clockwork."""
        announcements = import_module("collective.messages.announcements")
        answering = import_module("policy_drafts.drafts.answering")
        encryption = import_module("collective.safety.encryption")
        forgetting = import_module("collective.people.forgetting")
        letters = import_module("collective.messages.letters")
        pay_rule = import_module("payments.owing.pay_rule")
        record_joins = import_module("collective.people.record_joins")
        restoring = import_module("collective.background.restoring")
        sweeps = import_module("collective.background.sweeps")

        for name, act, every in SWEEPS:
            sweeps.register(name, import_string(act), every=every)
        for module in MESSAGES:
            letters.register_kinds(import_module(module))
        for module in AUDIENCES:
            announcements.register(*import_module(module).AUDIENCES)
        for name, module in JOINS:
            record_joins.register(name, import_module(module))
        for name, module in FORGETS:
            forgetting.register(name, import_module(module))
        for place in ENCRYPTED:
            encryption.register(import_string(place))
        for part in AFTER_RESTORE:
            restoring.register(import_string(part))
        pay_rule.register_paid_sessions(import_string(PAID_SESSIONS))
        answering.register_talks(import_string(TALKS))
        checks.register(import_string(CHECK_OF_THE_SENDER))


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.CollectiveAdminSite"
