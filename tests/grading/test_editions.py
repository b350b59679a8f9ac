import json
import zipfile
from dataclasses import replace

import pytest

from benchmarks.small_lesson import ANSWERS, NAME, POINTS, RIGHT, fill_in, make_assignment
from course_lib.errors import CourseError
from course_lib.grading.editions import make_for_nbgrader, make_for_otter
from course_lib.grading.proving import find_solution_lines
from course_lib.grading.release import make_release

SOURCE = f"source/lesson_97/{NAME}.ipynb"


def cells_of(data):
    return {cell["id"]: cell | {"source": "".join(cell["source"])} for cell in json.loads(data)["cells"]}


def test_neither_form_holds_a_line_of_a_solution(tmp_path):
    secrets = find_solution_lines(make_assignment())
    assert len(secrets) >= 3
    packages = make_release(make_assignment(), tmp_path)
    for kind in ("nbgrader", "otter"):
        with zipfile.ZipFile(packages[kind]) as archive:
            text = b"".join(map(archive.read, archive.namelist())).decode()
        assert "ex_97_1" in text
        assert not [line for line in secrets if line in text or json.dumps(line)[1:-1] in text]


def test_nbgrader_finds_a_place_for_the_answer_and_the_points_of_the_check():
    cells = cells_of(make_for_nbgrader(make_assignment())[SOURCE])
    answer, check = (cells[name]["metadata"]["nbgrader"] for name in ("ex_97_4", "check_ex_97_4"))
    assert (answer["solution"], answer["grade"], answer["locked"]) == (True, False, False)
    assert (check["solution"], check["grade"], check["locked"], check["points"]) == (False, True, True, 3)
    assert cells["check_ex_97_4"]["source"].endswith('\npoints("ex_97_4", pack, unpack)')
    marked = '    # BEGIN SOLUTION\n    # END SOLUTION\n    raise NotImplementedError("ex_97_4: write your code here")'
    assert cells["ex_97_4"]["source"].count(marked) == 2


def test_otter_has_a_test_for_each_point_and_no_check_of_ours():
    cells = cells_of(make_for_otter(make_assignment())[f"{NAME}.ipynb"])
    sources = [cell["source"] for cell in cells.values()]
    questions = [source for source in sources if source.startswith("# BEGIN QUESTION")]
    assert questions[3] == '# BEGIN QUESTION\nname: "ex_97_4"\npoints: [1, 1, 1]'
    assert sum(source.startswith("def earns_") for source in sources) == POINTS
    assert not [source for source in sources if source.startswith("check(")]
    assert len(cells) == len(sources)


@pytest.mark.parametrize("make", [make_for_nbgrader, make_for_otter])
def test_an_exercise_without_its_cells_is_said(make):
    content = json.loads(make_assignment().released)
    content["cells"] = [cell for cell in content["cells"] if cell["id"] != "check_ex_97_2"]
    with pytest.raises(CourseError, match="no cells ex_97_2, with a line that raises, and check_ex_97_2"):
        make(replace(make_assignment(), released=json.dumps(content).encode()))


def test_what_is_handed_in_from_the_form_for_nbgrader_can_be_graded_here_too():
    released = make_for_nbgrader(make_assignment())[SOURCE]
    intake = make_assignment().take_in(fill_in(released, RIGHT))
    assert not intake.ignored
    assert not intake.missing
    assert RIGHT["count_vowels"] in intake.found["ex_97_2"].source


def test_filled_in_notebooks_hold_what_was_asked_for():
    released = make_assignment().released
    for answers in ANSWERS.values():
        text = "\n".join(cell["source"] for cell in cells_of(fill_in(released, answers)).values())
        assert text.count("raise NotImplementedError(") == 5 - len(answers)
        assert all(body in text for body in answers.values())
