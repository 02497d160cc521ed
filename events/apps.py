from datetime import timedelta

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Sessions and conversations"

    def ready(self):
        from collective import record_joins as joins
        from collective import restoring
        from events import (
            audiences,
            conversation_emails,  # noqa: F401 registers itself
            conversation_joins,
            conversation_reminders,
            emails,  # noqa: F401 registers itself
            record_joins,
            reminders,
            waiting_list,
        )
        from payments import offering

        audiences.register_all()
        joins.register(
            "registrations",
            preview=record_joins.preview,
            join=record_joins.join,
            is_clear=record_joins.is_clear,
            undo=record_joins.undo,
        )
        joins.register(
            "conversations",
            preview=conversation_joins.preview,
            join=conversation_joins.join,
            is_clear=conversation_joins.is_clear,
            undo=conversation_joins.undo,
        )
        offering.register_paid_session(waiting_list.has_paid_session)
        restoring.register(conversation_reminders.hold_after_restore)
        restoring.register(reminders.hold_after_restore)
        restoring.register(lambda taken_at, now: waiting_list.move_all_on()[1])
        self.register_sweeps()

    @staticmethod
    def register_sweeps():
        from collective import sweeps
        from events import (
            confidential,
            conversation_reminders,
            first_choice,
            new_times,
            opening,
            outcomes,
            reminders,
            waiting_list,
        )

        sweeps.register("offers", waiting_list.move_all_on)
        sweeps.register("reminders", reminders.fan_out_all_due)
        sweeps.register("conversation reminders", conversation_reminders.remind_all)
        sweeps.register("times ahead", opening.extend_all, every=timedelta(hours=6))
        sweeps.register("small fees", outcomes.settle_left_out, every=timedelta(minutes=10))
        sweeps.register("kept times", first_choice.release_lapsed)
        sweeps.register("new times", new_times.tell_all)
        sweeps.register("numbers and topics", confidential.forget_told, every=timedelta(hours=1))
        sweeps.register("private notes", confidential.forget_notes, every=timedelta(hours=1))
        sweeps.register("old drafts", waiting_list.forget_old_drafts, every=timedelta(hours=1))
        sweeps.register(
            "private answers", waiting_list.forget_private_answers, every=timedelta(hours=1)
        )
