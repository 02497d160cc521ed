"""What the shared messages say: one small function a kind."""

from collective.messages import addresses, kinds
from collective.messages.letters import ASKED_US, Letter, kind
from collective.models import Activity, Follow, Message, Person, SignIn

BECAUSE = "somebody typed this address on our page to sign in"


@kind(kinds.CODE, "Sign-in code", keep_text=False)
def code(message: Message) -> Letter | None:
    """The code; or only a link to one, where many wrong codes were tried."""
    sign_in = SignIn.objects.filter(pk=message.about).first()
    if sign_in is None or not (sign_in.is_usable or sign_in.link_only):
        return None
    own = {"own": addresses.own_code(sign_in)}
    if sign_in.link_only:
        return Letter("A link to sign in", "email/code_link.html", own, to=message.address)
    words = {"code": sign_in.code, **own}
    return Letter("Your sign-in code", "email/code.html", words, to=message.address)


@kind(
    kinds.MAIL_TEST,
    "A try of the way of mail",
    because="somebody who runs this site asked for it",
)
def mail_test(message: Message) -> Letter:
    """To whoever runs the site, who asked for it: `manage.py doctor --mail-to`."""
    return Letter("A test: mail from this site", "email/mail_test.html", {}, to=message.address)


@kind(kinds.MANY_WRONG_CODES, "Many wrong codes were tried", keep_text=False)
def many_wrong_codes(message: Message) -> Letter | None:
    """To the owner of the address, who can say by a link that it is they who sign in."""
    tried = SignIn.objects.filter(pk=message.about).first()
    if tried is None:
        return None
    own = {"own": addresses.own_code(tried)}
    subject = "Wrong codes were typed for you"
    return Letter(subject, "email/many_wrong_codes.html", own, to=message.address)


def _follow_letter(message: Message, subject: str, template: str) -> Letter | None:
    """News of an activity, for people who follow it or its call and want news."""
    activity = Activity.objects.select_related("call").get(pk=message.about)
    follow = _follow_of(message.person, activity)
    if follow is None:
        return None
    stop = addresses.stop_news(follow)
    context = {
        "activity": activity,
        "page": addresses.full(activity.call.get_absolute_url()),
        "stop": stop,
    }
    return Letter(subject, template, context, row=activity, one_click_stop=stop)


def _follow_of(person: Person | None, activity: Activity) -> Follow | None:
    """Why they hear of this activity; None for somebody who wants no news of it any more."""
    if person is None or not person.wants_news:
        return None
    mine = Follow.objects.filter(person=person)
    return mine.filter(activity=activity).first() or mine.filter(call=activity.call).first()


@kind(kinds.DATE_SET, "A date was set", because=ASKED_US)
def date_set(message: Message) -> Letter | None:
    return _follow_letter(message, "A date has been set", "email/date_set.html")


@kind(kinds.SIGN_UP_OPEN, "Sign-up is open", because=ASKED_US)
def sign_up_open(message: Message) -> Letter | None:
    letter = _follow_letter(message, "Sign-up is open", "email/sign_up_open.html")
    return letter if letter and letter.context["activity"].is_open else None
