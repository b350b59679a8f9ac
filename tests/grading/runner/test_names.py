import pytest

from course_lib.grading.runner.names import NOTHING, names_of, split_statements


@pytest.mark.parametrize(
    ("source", "uses", "makes"),
    [
        ("a = b", {"b"}, {"a"}),
        ("a, (c, *d) = b", {"b"}, {"a", "c", "d"}),
        ("a: int = 3", {"int"}, {"a"}),
        ("a += b", {"b"}, {"a"}),
        ("a[0].b = c", {"a", "c"}, {"a"}),
        ("del a[b]", {"a", "b"}, {"a"}),
        ("a.append(b)", {"a", "b"}, {"a"}),
        ("print(a.b())", {"print", "a"}, set()),
        ("def f(a=b):\n    c = 2\n    return a + c + d", {"b", "d"}, {"f"}),
        ("def f():\n    def g():\n        return a\n    return g", {"a"}, {"f"}),
        ("def f():\n    global a\n    a = b", {"b"}, {"f"}),
        ("class A(B):\n    c = d\n    def e(self): return f", {"B", "d", "f"}, {"A"}),
        ("@a\ndef b(): ...", {"a"}, {"b"}),
        ("for a in b:\n    c = a", {"b"}, {"a", "c"}),
        ("with a() as b: pass", {"a"}, {"b"}),
        ("[a for a in b if a in c]", {"b", "c"}, set()),
        ("import a.b, c as d\nfrom e import f as g", set(), {"a", "d", "g"}),
        ("if a:\n    import b", {"a"}, {"b"}),
        ("x = lambda y: y + z", {"z"}, {"x"}),
        ("'a' # b", set(), set()),
        ("%%time\n!ls\na = 1", set(), {"a"}),
    ],
)
def test_names_that_code_uses_and_makes(source, uses, makes):
    assert names_of(source) == (uses, makes)


@pytest.mark.parametrize("source", ["def f(:", "a = '\0'", "(" * 500])
def test_what_is_no_python_has_no_names(source):
    assert names_of(source) == NOTHING


def test_statements_keep_their_meaning():
    assert split_statements("a = (1,\n  2)  # one\nfor b in a:\n  print(b)") == [
        "a = (1, 2)",
        "for b in a:\n    print(b)",
    ]
    assert split_statements("def f(:") == []
