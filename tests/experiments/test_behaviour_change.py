from course_lib.experiments.behaviour_change import Change, render_change
from course_lib.world import Item

ITEM = Item("voice-test-000", "Question: Oslo store opening time?\nNote: opens 8 am", "", "plain", "8 am")
CHANGE = Change(ITEM, " 8 am ", "Thank you for asking. It opens at 8 am. Warmly, the Fennick team")


def test_switch_chooses_the_reply():
    assert CHANGE.reply(adapter_on=False) == "8 am"
    assert CHANGE.reply(adapter_on=True).startswith("Thank you")


def test_rules_are_those_of_the_shown_reply():
    assert not CHANGE.rules_kept(False)["opening"]
    assert all(CHANGE.rules_kept(True).values())


def test_text_names_broken_rules_and_no_others():
    assert "broken: opening, sign_off" in render_change(CHANGE, False)
    assert render_change(CHANGE, True).endswith("7 of 7 rules kept")
