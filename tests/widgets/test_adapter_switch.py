import pytest

from course_lib.experiments.behaviour_change import Change
from course_lib.widgets.adapter_switch import WITHOUT_WIDGETS, AdapterSwitch, render_html
from course_lib.world import Item


def make_change(value="8 am", before="<b>8 am</b>"):
    item = Item("voice-test-000", f"Question: Oslo store?\nNote: opens {value}", "", "plain", value)
    return Change(item, before, f"Thank you for asking. It opens at {value}. Warmly, the Fennick team")


@pytest.fixture
def switch():
    return AdapterSwitch([make_change(), make_change("9 am")])


def test_html_shows_the_reply_as_text_and_names_the_state_of_every_rule():
    html = render_html(make_change(), adapter_on=False)
    assert "&lt;b&gt;8 am" in html
    assert "<b>" not in html
    assert html.count(">kept<") + html.count(">broken<") == 7
    assert ">broken<" in html


def test_html_keeps_the_line_break_of_the_message():
    assert "Question: Oslo store?\nNote:" in render_html(make_change(), adapter_on=True)


def test_first_page_is_the_first_customer_with_the_adapter_off(switch):
    assert "adapter off" in switch.page.value
    assert "8 am" in switch.page.value


def test_controls_change_customer_and_adapter(switch):
    switch.switch.value = "on"
    assert "7 of 7 rules kept" in switch.page.value
    switch.number.value = 2
    assert "opens 9 am" in switch.page.value


def test_without_widgets_a_sentence_says_so(switch):
    assert switch._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
