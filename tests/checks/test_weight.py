import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = "{'torch', 'transformers', 'numpy', 'pandas', 'IPython', 'matplotlib', 'course_lib.world'}"


def test_importing_the_checks_is_light():
    # Processor time: what else runs on this computer does not count.
    code = (
        "import sys, time; start = time.process_time(); import course_lib.checks; "
        f"print(time.process_time() - start, *{HEAVY} & set(sys.modules))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(3)
    ]
    assert all(loaded == [] for _, *loaded in runs)
    assert min(float(seconds) for seconds, *_ in runs) < 0.3
