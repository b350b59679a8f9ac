"""Attacks on a box, as text: each asks the box for something that it must not give.

They are cells like any other and run nowhere but in an isolated box (`course_lib.grading.isolation` sees to that). Some
would do real harm elsewhere, which is why no function here can be called by accident. Each defines ``attack``, whose
result says what the attack has got.
"""
