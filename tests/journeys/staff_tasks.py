"""Twenty daily tasks of staff, each as what somebody presses and types from Today on.

A walker has `press(words)` (a link or a button by its words) and `fill(name, value)`. The browser
test walks by keyboard; `benchmarks/staff_day.py` counts clicks, queries and seconds.
"""

from collective.models import Announcement, FollowUp, Message, Person
from events.models import AccessNeed, Registration, Session

State = Registration.State
FREE = "First session: 1 free, 2 wait"
BOARD = "First session: 2 of 3 places taken or offered, 2 wait"


def state_of(world, name):
    return Registration.objects.get(pk=world.registrations[name].pk).state


def ring(walker):
    walker.press("Ring Olive: Place booked")
    walker.press("I have told them")


def no_answer(walker):
    walker.press("Ring Olive: Place booked")
    walker.press("No answer: try later")


def post(walker):
    walker.press("Write to Edwin: Place booked")
    walker.press("I have posted it")


def take_a_line(walker):
    walker.press("I do this: Ring Olive: Place booked")


def offer(walker):
    walker.press(FREE)
    walker.press("Offer a place to Bartek")
    walker.press("Offer a place")


def move_on_list(walker):
    walker.press(FREE)
    walker.press("Move Carys")
    walker.fill("position", "1")
    walker.fill("reason", "They asked first.")
    walker.press("Move")


def take_off_list(walker):
    walker.press(FREE)
    walker.press("Take off Bartek")
    walker.press("Take off the list")


def give_back_place(walker):
    walker.press(BOARD)
    walker.press("Give back the place of Amina")
    walker.press("Give back the place")


def raise_places(walker):
    walker.press(BOARD)
    walker.press("Raise or lower places")
    walker.fill("places", "5")
    walker.press("Save")


def close_sign_up(walker):
    walker.press(BOARD)
    walker.press("Close sign-up")
    walker.press("Close sign-up")


def book_by_phone(walker):
    walker.press("Book for somebody: First session")
    walker.fill("q", "Delroy")
    walker.press("Find")
    walker.press("Book for Delroy")
    walker.fill("capacity", "personal")
    walker.fill("agree", "on")
    walker.press("Book")


def add_and_book(walker):
    walker.press("Book for somebody: First session")
    walker.fill("name", "Xanthe")
    walker.fill("phone", "01632 960099")
    walker.press("Add them, and go on")


def arrange(walker):
    walker.press("First session: 3 to arrange")
    walker.press("Live captions")
    walker.fill("state", "arranged")
    walker.fill("reason", "Kim writes them.")
    walker.press("Save")


def correct_answers(walker):
    walker.press(BOARD)
    walker.press("Answers of Amina")
    walker.fill("capacity", "paid_role")
    walker.press("Save")


def mark_attendance(walker):
    walker.press("Session of today: 1 not marked")
    walker.fill("-mark", "took part")
    walker.press("Save")


def tell_failed_by_phone(walker):
    walker.press("Bartek: On the waiting list")
    walker.press("Tell by phone or post")
    walker.press("Tell by phone or post")


def follow_up_done(walker):
    walker.press("Amina")
    walker.press("Done")
    walker.press("Done")


def write_to_many(walker):
    walker.press(BOARD)
    walker.press("Write to people")


def print_door_sheet(walker):
    walker.press(BOARD)
    walker.press("Door sheet")


def rehearse_move(walker):
    walker.press(BOARD)
    walker.press("Move it")
    walker.press("Next: see who would be told")


# name -> (what is pressed and typed, what is true afterwards)
TASKS = {
    "ring somebody, and note it": (
        ring,
        lambda w: Message.objects.get(pk=w.task.pk).state == "sent",
    ),
    "nobody answers": (no_answer, lambda w: Message.objects.get(pk=w.task.pk).attempts == 1),
    "post a letter": (post, lambda w: Message.objects.get(pk=w.letter.pk).state == "sent"),
    "say that I do a line": (take_a_line, lambda w: True),
    "offer a free place": (offer, lambda w: state_of(w, "bartek") == State.OFFERED),
    "move somebody on the list": (
        move_on_list,
        lambda w: Registration.objects.get(pk=w.registrations["carys"].pk).position == 1,
    ),
    "take somebody off the list": (
        take_off_list,
        lambda w: state_of(w, "bartek") == State.CANCELLED,
    ),
    "give a place back": (give_back_place, lambda w: state_of(w, "amina") == State.CANCELLED),
    "raise the places": (raise_places, lambda w: Session.objects.get(pk=w.session.pk).places == 5),
    "close sign-up": (
        close_sign_up,
        lambda w: Session.objects.get(pk=w.session.pk).state == "closed",
    ),
    "book for somebody we know": (
        book_by_phone,
        lambda w: w.session.registrations.live().filter(person__name="Delroy").exists(),
    ),
    "add somebody who rings": (
        add_and_book,
        lambda w: Person.objects.get(name="Xanthe").phone == "+441632960099",
    ),
    "arrange what helps": (arrange, lambda w: AccessNeed.objects.filter(state="arranged").exists()),
    "correct an answer": (
        correct_answers,
        lambda w: Registration.objects.get(pk=w.registrations["amina"].pk).capacity == "paid_role",
    ),
    "mark who took part": (
        mark_attendance,
        lambda w: w.over.registrations.get(person__name="Delroy").state == State.ATTENDED,
    ),
    "tell by phone what mail did not": (
        tell_failed_by_phone,
        lambda w: Message.objects.get(pk=w.failed.pk).channel == "phone",
    ),
    "finish a follow-up": (
        follow_up_done,
        lambda w: FollowUp.objects.get(pk=w.follow_up.pk).done_at is not None,
    ),
    "begin a message to many": (write_to_many, lambda w: Announcement.objects.count() == 1),
    "print the door sheet": (print_door_sheet, lambda w: True),
    "see what moving would do": (
        rehearse_move,
        lambda w: Session.objects.get(pk=w.session.pk).moved_from is None,
    ),
}
