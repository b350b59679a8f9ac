"""Seconds from nothing to a model that can answer, each time in a fresh process."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.measuring import Row, compare, interleave
from course_lib.errors import CourseError
from course_lib.models.settings import ROOT

IMPORTS = "imports alone"
PLAIN = "transformers, from_pretrained"
COURSE = "course, load_model"
# The classes are named because transformers loads its parts on first use: `import transformers` alone does nothing.
IMPORT_CODE = "import torch; from transformers import AutoModelForCausalLM, AutoTokenizer"


def measure_loading(spec: str | None, source: str, *, repeats: int) -> list[Row]:
    """Return the seconds to load a model.

    Parameters
    ----------
    spec
        What `load_model` takes.
    source
        The same model for transformers: a folder or a Hub id.
    repeats
        Rounds.
    """
    plain = (
        f"{IMPORT_CODE}; AutoTokenizer.from_pretrained({source!r}); "
        f"AutoModelForCausalLM.from_pretrained({source!r}, dtype=torch.float32)"
    )
    codes = {
        IMPORTS: IMPORT_CODE,
        PLAIN: plain,
        COURSE: f"from course_lib.models import load_model; load_model({spec!r})",
    }
    variants = {name: lambda code=code: time_process(code) for name, code in codes.items()}
    values = interleave(variants, repeats)  # the round thrown away fills the system's file cache
    return compare("load", "fresh process", values, unit="s", better="lower", reference=IMPORTS)


def time_process(code: str) -> float:
    """Return the seconds that a fresh Python needs for ``code``, its own start and end included.

    Raises
    ------
    CourseError
        It failed.
    """
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise CourseError(f"loading failed in a process of its own ({reason[0]}): try the model with course ask first")
    return seconds
