"""``python -m course_lib.cli``: what the launcher hands over to."""

from course_lib.cli import app

if __name__ == "__main__":
    app(prog_name="course")
