"""Reading a code that somebody typed, or pasted with the words around it."""

import unicodedata
from collections.abc import Collection

from collective.errors import RuleError

EMAILED = (6,)  # digits of a code in our mail
OF_SECOND_STEP = (6, 8)  # of an authenticator app, and of a recovery code
GAP, BREAK = " ", "|"
MINUS = "\u2212"
INVISIBLE = {"Cf", "Mn", "Me"}  # joiners, marks of direction, what makes a digit an emoji


def read(typed: str, lengths: Collection[int] = EMAILED) -> str:
    """The digits that stand together, as 0 to 9, whatever script they were written in.

    Raises RuleError, saying what is missing, for anything else than one whole code.
    """
    plain = "".join(_as_read(sign) for sign in typed)
    found = {code for run in plain.split(BREAK) for code in _codes_in(run.split(), lengths)}
    if len(found) == 1:
        return found.pop()
    if found:
        raise RuleError("There is more than one code there. Enter only the newest one.")
    raise RuleError(_what_is_missing(typed, sum(sign.isdigit() for sign in plain), lengths))


def _as_read(sign: str) -> str:
    """A digit, nothing, a gap within a code, or what ends one.

    Raised and circled digits are no digits of a number: `unicodedata.decimal` knows (UAX 44).
    """
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(sign)
    if category in INVISIBLE:
        return ""
    is_gap = category.startswith("Z") or category == "Pd" or sign == MINUS or sign.isspace()
    return GAP if is_gap else BREAK


def _codes_in(groups: list[str], lengths: Collection[int]) -> list[str]:
    """Of groups with only gaps between them: those that are a code, or all of them as one."""
    whole = [group for group in groups if len(group) in lengths]
    together = "".join(groups)
    return whole or ([together] if len(together) in lengths else [])


def _what_is_missing(typed: str, digits: int, lengths: Collection[int]) -> str:
    """A sentence for what is no code."""
    wanted = "six digits" if lengths == EMAILED else "six digits, or eight for a recovery code"
    if not digits:
        return f"A code has {wanted}. We see none: enter the digits alone."
    if any(sign.isalpha() for sign in typed) and digits <= max(lengths):
        return f"A code has {wanted}, and no letters. Enter the digits alone."
    return f"A code has {wanted}. We count {digits}: please check it."
