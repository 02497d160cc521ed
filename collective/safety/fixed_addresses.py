"""Addresses that are out stay: what the database refuses, and why.

Mails, letters, other sites and our own pages lead to them. A page's is out as soon as there is the
page; a call's, and those of the ways to take part in it, once the call was published, also where it
is withdrawn again; a policy's with its first draft. Until then staff may change them freely.
"""

import pgtrigger

REFUSAL = "RAISE EXCEPTION 'this address is out, and stays' USING ERRCODE = 'check_violation';"
CHANGES = pgtrigger.Q(old__slug__df=pgtrigger.F("new__slug"))


def always() -> pgtrigger.Trigger:
    """The trigger that lets no slug change."""
    return _refused(CHANGES)


def once_published() -> pgtrigger.Trigger:
    """The trigger that lets the slug of a call change until it was published."""
    return _refused(CHANGES & pgtrigger.Q(old__was_published=True))


def noted_once_published() -> pgtrigger.Trigger:
    """The trigger that notes that a call was published, by whichever version of ours."""
    return pgtrigger.Trigger(
        name="it_was_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__published_at__isnull=False),
        func="NEW.was_published = TRUE; RETURN NEW;",
    )


def once_its_call_was() -> pgtrigger.Trigger:
    """The trigger that lets the slug of an activity change until its call was published."""
    return _refused(
        CHANGES,
        "IF EXISTS (SELECT 1 FROM collective_call WHERE id = OLD.call_id AND was_published) THEN "
        f"{REFUSAL} END IF; RETURN NEW;",
    )


def once_it_has_a_draft() -> pgtrigger.Trigger:
    """The trigger that lets the slug of a policy change until there is a draft."""
    return _refused(
        CHANGES,
        "IF EXISTS (SELECT 1 FROM policy_drafts_draft WHERE policy_id = OLD.id) THEN "
        f"{REFUSAL} END IF; RETURN NEW;",
    )


def kept(*slugs: str) -> pgtrigger.Trigger:
    """The trigger that deletes none of these rows: our own pages link to them by name."""
    return pgtrigger.Trigger(
        name="linked_from_every_page",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__slug__in=[*slugs]),
        func=REFUSAL,
    )


def _refused(condition: pgtrigger.Q, func: str = REFUSAL) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="its_address_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=condition,
        func=func,
    )
