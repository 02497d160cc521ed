"""Raised and lowered words as signs of Unicode, so that 10² is never 102, in a file or by ear.

Word, web pages and the clipboard raise by a tag or a style; a text of ours has words alone.
"""

from lxml.html import HtmlElement

RAISED = str.maketrans("0123456789+-−=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿ")
LOWERED = str.maketrans("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
TABLES = {"sup": RAISED, "sub": LOWERED}
WHOLE = {"TM": "™", "tm": "™", "SM": "℠", "R": "®"}
IN_LINE = {"st", "nd", "rd", "th", "er", "re", "e", "o", "a"}  # of 1st and 2e: as good in the line


def in_signs(words: str, tag: str) -> str | None:
    """Words of a <sup> or <sub> as signs; None where there are no such signs."""
    text = words.strip()
    if tag == "sup" and text in WHOLE:
        return WHOLE[text]
    if tag == "sup" and text in IN_LINE:
        return words
    table = TABLES[tag]
    is_known = all(sign.isspace() or ord(sign) in table or _is_sign(sign) for sign in text)
    return words.translate(table) if is_known else None


def _is_sign(sign: str) -> bool:
    """Is it raised or lowered already, or a sign like * and [ that needs not be?"""
    return not sign.isalnum() or sign in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"


def say(root: HtmlElement) -> list[str]:
    """Write each <sup> and <sub> in signs; returns the words that now stand in the line."""
    left = []
    for element in list(root.iter("sup", "sub")):
        words = element.text_content()
        signs = in_signs(words, str(element.tag))
        if signs is None:
            left.append(words.strip())
        elif len(element) == 0:
            element.text = signs
        else:
            for part in element.iter():
                part.text = in_signs(part.text or "", str(element.tag)) or part.text
        element.drop_tag()
    return left
