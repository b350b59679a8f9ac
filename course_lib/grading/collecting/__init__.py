"""Finds the submissions in what an instructor has: notebooks, folders and archives, as learning platforms make them."""

from course_lib.grading.collecting.finding import collect
from course_lib.grading.collecting.handed import Candidate, Handed

__all__ = ["Candidate", "Handed", "collect"]
