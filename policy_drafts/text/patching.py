"""Other words for one block of stored HTML: its uid, and the form of every word that stays, stay.

A word that stays keeps its bold, its italics and its link. What takes the place of words has the
form that all of these shared; what is put in beside others has the form that both neighbours share.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from lxml.html import HtmlElement

from policy_drafts.text import blocks, markup
from policy_drafts.text.tokens import Run, Token, hunks, tokens_of

Form = tuple[HtmlElement, ...]  # the elements around a letter, from the outermost


class NoSuchBlock(LookupError):
    """The block is not there, or it is a picture, which has no words to change."""


@dataclass
class Letter:
    """One code point of a block's text, a line break for a <br>, and what stands behind it."""

    sign: str
    form: Form
    pictures: list[HtmlElement] = field(default_factory=list)


def with_words(html: str, uid: str, words: str) -> str:
    """The stored HTML in which the block of this uid has these words.

    Raises NoSuchBlock, or ValueError for words without a letter.
    """
    wanted = as_stored(words)
    if not wanted:
        raise ValueError("A block without words is taken out, not changed.")
    root = markup.tree(html)
    element = _block(root, uid)
    if blocks.text_of(element) == wanted:
        return html
    _refill(element, _changed(_letters(element), wanted))
    return markup.inner(root)


def as_stored(words: str) -> str:
    """The words as a block would hold them."""
    return blocks.normalised(markup.without_nulls(words))


def _block(root: HtmlElement, uid: str) -> HtmlElement:
    for element in blocks.leaves(root):
        if element.get("data-block") == uid and element.tag != "img":
            return element
    raise NoSuchBlock(uid)


def _letters(element: HtmlElement) -> list[Letter]:
    """The letters of the block's normalised text, each with its form."""
    found: list[Letter] = [Letter("", ())]  # holds the pictures that stand before all letters
    for letter in _raw(element, ()):
        if not letter.sign:
            found[-1].pictures += letter.pictures
        elif not (letter.sign == " " and found[-1].sign in {"", " ", "\n"}):
            if letter.sign == "\n":
                _drop_last_space(found)
            found.append(letter)
    _drop_last_space(found)
    return found


def _drop_last_space(letters: list[Letter]) -> None:
    if letters[-1].sign == " ":
        gone = letters.pop()
        letters[-1].pictures += gone.pictures


def _raw(element: HtmlElement, form: Form) -> Iterator[Letter]:
    """As they stand: a space for white space, a line break for a <br>, no sign for a picture."""
    yield from _of_text(element.text, form)
    for child in element:
        if child.tag == "br":
            yield Letter("\n", form)
        elif child.tag == "img":
            yield Letter("", form, [child])
        else:
            yield from _raw(child, (*form, child))
        yield from _of_text(child.tail, form)


def _of_text(text: str | None, form: Form) -> Iterator[Letter]:
    for sign in blocks.composed(text or ""):
        yield Letter(" " if sign.isspace() else sign, form)


def _changed(letters: Sequence[Letter], words: str) -> list[Letter]:
    """The letters of the new words, with the forms of the old ones."""
    before, *standing = letters
    text = "".join(letter.sign for letter in standing)
    old, new = tokens_of(text), tokens_of(words)
    found = [before]
    for run in hunks(old, new):
        was = standing[_start(old, run.old) : _end(old, run.old)]
        if run.is_same:
            found += was
            continue
        form = _form_of(was) if was else _shared(found[-1].form, _form_behind(standing, old, run))
        found += [Letter(sign, form) for index in run.new for sign in new[index].text]
        found[-1].pictures += [picture for letter in was for picture in letter.pictures]
    return found


def _start(tokens: Sequence[Token], those: range) -> int:
    return tokens[those.start].start if those else 0


def _end(tokens: Sequence[Token], those: range) -> int:
    return tokens[those.stop - 1].end if those else 0


def _form_behind(standing: Sequence[Letter], old: Sequence[Token], run: Run) -> Form:
    """The form of the letter before which something is put in; none at the end."""
    return standing[old[run.old.start].start].form if run.old.start < len(old) else ()


def _form_of(letters: Iterable[Letter]) -> Form:
    """What is around all of these letters."""
    forms = [letter.form for letter in letters if letter.sign.strip()]
    if not forms:
        forms = [letter.form for letter in letters]
    shared = forms[0]
    for form in forms[1:]:
        shared = _shared(shared, form)
    return shared


def _shared(one: Form, other: Form) -> Form:
    both = zip(one, other, strict=False)
    return tuple(pair[0] for pair in takewhile(lambda pair: pair[0] is pair[1], both))


def _refill(element: HtmlElement, letters: Sequence[Letter]) -> None:
    """Put the letters in the place of all that stands in the element."""
    for child in list(element):
        element.remove(child)
    element.text = None
    writer = _Writer(element)
    for letter in letters:
        writer.write(letter)


class _Writer:
    """Writes letters into an element, in copies of the elements that were around them."""

    def __init__(self, element: HtmlElement) -> None:
        self.form: Form = ()
        self.open = [element]  # the element itself, and a copy of each of the form

    def write(self, letter: Letter) -> None:
        if letter.form != self.form:
            self._take_form(letter.form)
        if letter.sign == "\n":
            self._add(self.open[-1].makeelement("br"))
        else:
            self._add_text(letter.sign)
        for picture in letter.pictures:
            picture.tail = None
            self._add(picture)

    def _take_form(self, form: Form) -> None:
        """Close what is not around the next letter, and open copies of what is."""
        depth = len(_shared(self.form, form))
        del self.open[depth + 1 :]
        for of in form[depth:]:
            made = of.makeelement(of.tag, dict(of.attrib))
            self._add(made)
            self.open.append(made)
        self.form = form

    def _add(self, element: HtmlElement) -> None:
        self.open[-1].append(element)

    def _add_text(self, sign: str) -> None:
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + sign
        else:
            parent.text = (parent.text or "") + sign
