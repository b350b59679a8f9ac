#!/usr/bin/env python3
"""Start the course: ``python3 course.py`` alone prints what there is.

This file only looks at the Python that runs it, so it stays readable for old ones (no f-strings, no annotations);
the work is done by course_lib/launcher.py, which needs nothing but the standard library.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place where an older Python may turn up
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.stderr.write("course: this is Python " + found + ", the course needs 3.11 or newer: ")
    sys.stderr.write("install one from python.org and start it by name, for example python3.13 course.py\n")
    sys.exit(2)

from course_lib.launcher import main

if __name__ == "__main__":
    sys.exit(main())
