"""The batch on a Dask cluster: workers have the boxes, the computer that the command runs on keeps the results."""

from course_lib.grading.cluster.connection import Cluster, connect
from course_lib.grading.cluster.marking import open_marker

__all__ = ["Cluster", "connect", "open_marker"]
