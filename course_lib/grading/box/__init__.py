"""Boxes: where the code of others runs.

`choose_box` takes the safest one that works here. A box is isolated, or it says that it is not.
"""

from course_lib.grading.box.base import Box, BoxError, Running, Usage
from course_lib.grading.box.choosing import choose_box
from course_lib.grading.box.runtime import WARM

__all__ = ["WARM", "Box", "BoxError", "Running", "Usage", "choose_box"]
