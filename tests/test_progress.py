import pytest

from course_lib.progress import RunProgress


def test_stages_are_plain_lines_on_standard_error_where_that_is_no_terminal(capfd):
    with RunProgress() as progress:
        progress.stage("seed 0: the arms", 9)
        progress.detail("training FT-F", 1, 9)
        progress.detail("training FT-F", 2, 9)
        progress.detail("FT-F on 40 questions", 0, 40)
    printed, told = capfd.readouterr()
    assert printed == ""
    said = [line.partition(" s  ")[2] for line in told.splitlines()]
    assert said == ["seed 0: the arms", "  training FT-F", "  FT-F on 40 questions"]


def test_quiet_shows_nothing(capfd):
    with RunProgress(quiet=True) as progress:
        progress.stage("seed 0")
        progress.detail("BASE", 1, 9)
    assert capfd.readouterr() == ("", "")


def test_on_a_terminal_stage_and_detail_are_two_bars_that_go_away(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with RunProgress() as progress:
        progress.stage("seed 0", 9)
        progress.detail("training FT-F", 3, 12)
        stage, detail = progress._bars.tasks
        assert (stage.description, stage.total) == ("seed 0", 9)
        assert (detail.description.strip(), detail.completed, detail.total) == ("training FT-F", 3, 12)
        assert progress._bars.live.is_started
    assert not progress._bars.live.is_started


def test_an_error_ends_the_display(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress = RunProgress()
    with pytest.raises(ZeroDivisionError), progress:
        1 / 0  # noqa: B018
    assert not progress._bars.live.is_started
