"""Grades work that nobody has read: code of others runs in a box, its answers are compared outside.

The box (`course_lib.grading.box`) holds the program `course_lib.grading.runner` and nothing that is secret. Everything
that comes out of it is read as hostile bytes (`course_lib.grading.boundary`).
"""
