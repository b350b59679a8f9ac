import pytest

from course_lib.running.progress import RunProgress


def test_stages_are_plain_lines_on_standard_error_where_that_is_no_terminal(capfd):
    with RunProgress(2) as progress:
        progress.stage("seed 0: the arms")
        progress.detail("training FT-F", 1, 9)
        progress.detail("training FT-F", 2, 9)
        progress.tell("detail", ("training FT-B", 1, 9), 1)
        progress.detail("training FT-F", 3, 9)
        progress.finish()
        progress.detail("FT-F on 40 questions", 0, 40)
    printed, told = capfd.readouterr()
    assert printed == ""
    said = [line.partition(" s  ")[2] for line in told.splitlines()]
    assert said == ["seed 0: the arms", "  training FT-F", "  training FT-B", "  FT-F on 40 questions"]


def test_quiet_shows_nothing(capfd):
    with RunProgress(1, quiet=True) as progress:
        progress.stage("seed 0")
        progress.detail("BASE", 1, 9)
    assert capfd.readouterr() == ("", "")


def test_on_a_terminal_the_run_and_each_process_have_a_bar_and_all_go_away(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with RunProgress(14) as progress:
        for lane, seed in enumerate((0, 1)):
            progress.tell("stage", (f"seed {seed}",), lane)
        progress.tell("detail", ("training FT-F", 3, 12), 1)
        progress.tell("finish", (), 0)
        run, first, second = progress._bars.tasks
        assert (run.completed, run.total) == (1, 14)
        assert (first.description.strip(), first.total) == ("seed 0", None)
        assert (second.description.strip(), second.completed, second.total) == ("seed 1, training FT-F", 3, 12)
        assert progress._bars.live.is_started
    assert not progress._bars.live.is_started


def test_an_error_ends_the_display(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress = RunProgress(1)
    with pytest.raises(ZeroDivisionError), progress:
        1 / 0  # noqa: B018
    assert not progress._bars.live.is_started
