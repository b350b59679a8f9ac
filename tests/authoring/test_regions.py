import pytest

from tools.authoring import regions

TWO = """\
def f(x):
    # BEGIN SOLUTION
    y = x + 1
    return y
    # END SOLUTION


def g(x):
    if x:
        # BEGIN SOLUTION
        return 1
        # END SOLUTION
    return 0
"""


def test_each_region_gives_way_to_one_line_with_its_indent():
    assert regions.strip(TWO, "ex_98_1").splitlines() == [
        "def f(x):",
        '    raise NotImplementedError("ex_98_1: write your code here")',
        "",
        "",
        "def g(x):",
        "    if x:",
        '        raise NotImplementedError("ex_98_1: write your code here")',
        "    return 0",
    ]


def test_solved_edition_loses_only_the_marks():
    assert regions.solve(TWO) == "\n".join(line for line in TWO.splitlines() if "SOLUTION" not in line)


def test_lines_of_a_solution_keep_their_numbers():
    assert regions.solution_lines(TWO) == [[(2, "    y = x + 1"), (3, "    return y")], [(10, "        return 1")]]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def f():\n    return 1", 0, "has no region"),
        ("def f():\n    ## BEGIN SOLUTION\n    return 1\n    ## END SOLUTION", 1, "spelled just so"),
        ("def f():\n    # begin solution\n    return 1\n    # end solution", 1, "spelled just so"),
        ("def f():\n    # END SOLUTION\n    return 1\n    # BEGIN SOLUTION", 1, "expected # BEGIN SOLUTION"),
        ("def f():\n    # BEGIN SOLUTION\n    # BEGIN SOLUTION\n    return 1", 2, "expected # END SOLUTION"),
        ("def f():\n    # BEGIN SOLUTION\n    return 1", 1, "not closed"),
        ("def f():\n    # BEGIN SOLUTION\n\n    # END SOLUTION", 1, "holds no code"),
        ("def f():\n    # BEGIN SOLUTION\n    # think\n    # END SOLUTION", 1, "holds no code"),
    ],
)
def test_faulty_marks_are_found_at_their_line(source, line, words):
    faults = list(regions.find_faults(source))
    assert [number for number, _ in faults] == [line]
    assert words in faults[0][1]


def test_faultless_marks_have_no_faults():
    assert list(regions.find_faults(TWO)) == []


@pytest.mark.parametrize(
    ("source", "unguarded"),
    [
        (TWO, []),
        ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION", [0]),
        ("class A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION", [1]),
        ("class A:\n    def f(self):\n        # BEGIN SOLUTION\n        return 1\n        # END SOLUTION", []),
    ],
)
def test_region_outside_of_a_function_is_found(source, unguarded):
    assert list(regions.find_unguarded(regions.strip(source, "ex_98_1"))) == unguarded
