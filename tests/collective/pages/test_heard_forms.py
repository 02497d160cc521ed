"""What somebody who listens hears of a form: nothing untrue, and one thing at a time."""

import pytest
from django import forms

from collective.pages.choices import choice_with_hint
from payments.forms import OfficialNameForm


class Asks(forms.Form):
    needed_at_times = ("amount",)

    agree = forms.BooleanField()
    amount = forms.CharField(required=False)
    notes = forms.CharField(required=False)


@pytest.mark.parametrize(("sent", "said"), [(None, "false"), ({}, "true")])
def test_box_is_called_wrong_only_after_an_answer(sent, said):
    assert f'aria-invalid="{said}"' in str(Asks(sent)["agree"])


def test_only_what_may_always_stay_empty_is_optional():
    assert [field.name for field in Asks() if field.is_optional] == ["notes"]


def test_choice_and_its_hint_are_two_sentences():
    assert "Not sure<span" in choice_with_hint("Not sure", "Ask us.")
    assert ">.</span>" in choice_with_hint("Not sure", "Ask us.")
    assert ">.</span>" not in choice_with_hint("Not sure", "")


def test_browser_offers_a_full_name_for_the_letter():
    assert 'autocomplete="name"' in str(OfficialNameForm()["official_name"])
