"""What is sent: fields that no kind person sends, and forms as their pages have them, filled in."""

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

VALUES = [
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "9" * 400,
    "x",
    "x" * 3000,
    "\x00",
    "a\x00b",
    "%00",
    "\ud800",
    "\u202e",
    "🙂" * 50,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "00000000-0000-0000-0000-000000000000",
    "not-a-uuid",
    "0001-01-01",
    "2022-13-45",
    "99999-01-01",
    "25:99",
    "on",
    "true",
    "[]",
    "{}",
    "//evil.example/",
    "https://evil.example/",
]
WORDS = """
    name email code next key capacity coming_along companion_name companion_email access
    access_notes agree owner wish how who_rings phone topics reason note state day time from
    from_time until_time title html text notes started_from page also block to channel words
    heard_on section audience news publish based_on kind link file receipt what amount choice
    smaller voucher deliver because let_go go_on gone q p o e all _to_field _popup
    _changelist_filters _facets app_label model_name field_name term action index
    select_across _selected_action _save _continue _saveasnew post reach_by contact_email
    postal_address other keep position places starts_at_0 starts_at_1 ends_at_0 line show call
    week links for before version theme time_zone wants_news payment reference pk id
    due_on__year due_on__month date__gte person__email__startswith slot_key series groups slug
"""
FIELDS = WORDS.split()
# What a kind person may well type, by the type of the box.
LIKELY = {
    "email": ["new@example.org", "somebody@example.com"],
    "date": ["2022-09-20", "2022-10-07", "2022-10-20"],
    "time": ["10:00", "14:30"],
    "number": ["1", "3", "20"],
    "tel": ["020 7946 0018", "+447700900321"],
    "url": ["https://zoom.example/j/5"],
    "text": ["Something kind", "3", "2022-09-20", "10:00", "020 7946 0018"],
}
BUTTONS = ".//button[@name and not(@formaction)] | .//input[@type='submit' and @name]"
FILES = [("x.md", b"# One\n\nTwo."), ("x.pdf", b"%PDF-1.4"), ("x.csv", b"reference\nx")]


@dataclass
class Form:
    """A form of a page that can be sent: where to, and its fields with what may stand in them."""

    address: str
    values: dict  # name -> what stands in it, as a list
    options: dict  # name -> what may be chosen
    types: dict  # name -> the type of a box that is typed in
    required: set = field(default_factory=set)
    files: list = field(default_factory=list)
    buttons: list = field(default_factory=list)

    def filled(self, chance, keys):
        """What a kind person sends, mostly; in two of five a field or two is something else."""
        sent = {name: list(values) for name, values in self.values.items()}
        fills_all = chance.random() < 0.5
        for name, options in self.options.items():
            is_asked = name in self.required and not sent.get(name)
            if options and (is_asked or chance.random() < 1 / len(self.options)):
                sent[name] = [chance.choice(options)]
        for name, kind in self.types.items():
            is_asked = fills_all or name in self.required
            is_empty = sent.get(name) in (None, [], [""])
            if (is_asked and is_empty) or chance.random() < 0.5 / len(self.types):
                sent[name] = [chance.choice(LIKELY.get(kind, LIKELY["text"]))]
        if self.buttons:
            name, value = chance.choice(self.buttons)
            sent[name] = [value]
        if chance.random() < 0.4:
            self.mutate(sent, chance, keys)
        return sent | {name: [a_file(chance)] for name in self.files if chance.random() < 0.8}

    def mutate(self, sent, chance, keys):
        """Leave a field or two out, or put another row's key or what nobody kind sends there."""
        for name in chance.sample(sorted(sent), min(len(sent), chance.randrange(1, 3))):
            sent[name] = chance.choice([[], [chance.choice(VALUES)], [chance.choice(keys)]])


def a_file(chance):
    return SimpleUploadedFile(*chance.choice(FILES))


def forms_of(page, address):
    """Each form of a page that is sent with POST to this site; no page, no form."""
    root = html.fromstring(page) if page.strip() else None
    forms = [] if root is None else root.forms
    return [
        read(form, urlsplit(urljoin(address, form.action or "")).path or "/")
        for form in forms
        if form.method == "POST" and not urlsplit(form.action or "").netloc
    ]


def read(form, address):
    found = Form(address, {}, {}, {})
    for name, value in form.form_values():
        found.values.setdefault(name, []).append(value)
    for box in form.inputs:
        if box.name:
            read_box(box, found)
    found.buttons = [(one.get("name"), one.get("value", "")) for one in form.xpath(BUTTONS)]
    found.values.pop("csrfmiddlewaretoken", None)
    return found


def read_box(box, found):
    """Note what may stand in a box of a form: one of its options, or what is typed."""
    kind = "text" if box.tag == "textarea" else box.get("type", "text")
    if box.get("required") is not None or kind == "radio":
        found.required.add(box.name)
    if box.tag == "select":
        found.options[box.name] = [value for value in box.value_options if value]
    elif kind in {"radio", "checkbox"}:
        found.options.setdefault(box.name, []).append(box.get("value", "on"))
    elif kind == "file":
        found.files.append(box.name)
    elif kind not in {"hidden", "submit", "button"}:
        found.types[box.name] = kind


def hostile(chance):
    """Some fields with values that no kind person sends, now and then a file."""
    names = chance.sample(FIELDS, chance.randrange(0, 9))
    found = {name: chance.choice(VALUES) for name in names}
    if chance.random() < 0.1:
        found[chance.choice(["file", "receipt", "mark"])] = SimpleUploadedFile(
            chance.choice(["x.docx", "x.pdf", "x.md", "x"]), chance.randbytes(200)
        )
    return found


def clean(fields):
    """The same as a client can encode it: a lone surrogate goes as bytes."""
    return {name: _clean(value) for name, value in fields.items()}


def _clean(value):
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, str) and "\ud800" in value:
        return value.encode("utf-8", "surrogatepass").decode("latin-1")
    return value
