import tempfile
from pathlib import Path

import nbformat
import pytest

from tools.authoring.outputs import find_unstable, keep_stable

ROOT = Path("/somewhere/course")


def outputs(*contents):
    return [nbformat.from_dict(content) for content in contents]


def test_printed_text_is_kept_and_standard_error_is_not():
    kept = keep_stable(
        outputs(
            {"output_type": "stream", "name": "stderr", "text": "100 %"},
            {"output_type": "stream", "name": "stdout", "text": "yes"},
        ),
        1,
    )
    assert kept == [{"output_type": "stream", "name": "stdout", "text": "yes"}]


def test_displayed_kinds_are_kept_without_widgets_and_metadata():
    widget = {"model_id": "4f3a", "version_major": 2}
    data = {"text/plain": "x", "image/png": "aGk=", "application/vnd.jupyter.widget-view+json": widget}
    result = {"output_type": "execute_result", "execution_count": 9, "data": data, "metadata": {"needs_background": 1}}
    kept = keep_stable(outputs(result), 3)
    data = {"text/plain": "x", "image/png": "aGk="}
    assert kept == [{"output_type": "execute_result", "execution_count": 3, "data": data, "metadata": {}}]


def test_output_of_which_nothing_is_kept_is_dropped():
    assert keep_stable(outputs({"output_type": "display_data", "data": {"x/y": "z"}, "metadata": {}}), 1) == []


def test_contract_of_the_checks_is_kept():
    data = {"application/vnd.course.check+json": {"schema": 1, "status": "passed"}}
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    assert keep_stable(outputs(shown), 1) == [shown]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<object at 0x7f3a5c2d1e80>", "an address of this run"),
        (f"saved in {ROOT}/my_course", "a folder of this computer"),
        (f"{Path.home()}/course" if str(Path.home()) != "/" else str(ROOT), "a folder of this computer"),
        (tempfile.gettempdir() + "/lesson-x", "a folder of this computer"),
    ],
)
@pytest.mark.parametrize("kind", ["stream", "text/html"])
def test_what_another_run_would_show_otherwise_is_told(text, words, kind):
    stream = {"output_type": "stream", "name": "stdout", "text": text}
    shown = stream if kind == "stream" else {"output_type": "display_data", "data": {kind: text}, "metadata": {}}
    assert words in next(find_unstable(outputs(shown), ROOT))


@pytest.mark.parametrize("text", ["0x7f3a5c2d1e80", "at 0x7", "home", "/roots of it", "/tmp.txt"])
def test_other_text_is_stable(text):
    assert list(find_unstable(outputs({"output_type": "stream", "name": "stdout", "text": text}), ROOT)) == []
