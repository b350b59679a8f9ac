"""The experiments on change: how fast an edit arrives (E11), and who keeps up through the versions (E12)."""

from course_lib.experiments.base import Experiment
from course_lib.experiments.race import draw_race, run_race
from course_lib.experiments.time_machine import draw_time_machine, run_time_machine

E11 = Experiment(
    id="E11",
    title="update race",
    claims=(
        "A-freq", "A-realtime", "A-t-currency", "B-t-update", "C-current", "D-t-update", "D-r-currency", "D-c-update",
        "D-r-flex",
    ),
    predicted=(
        "Both ways bring edited facts into the answers, and the index takes less than half the seconds and the "
        "operations of further training for 1, 10 and 100 edits alike."
    ),
    run=run_race,
    picture=draw_race,
    minutes=1.3,
)  # fmt: skip
E12 = Experiment(
    id="E12",
    title="time machine",
    claims=(
        "A-l-static", "A-uc-km", "A-fresh-if", "B-choose-docs", "B-choose-change", "C-c-change", "C-f-km", "C-f-facts",
        "D-t-currency",
    ),
    predicted=(
        "In version 3 RAG with a fresh index is ahead of the model tuned on version 1, which has lost accuracy; "
        "retraining wins back some of it, and RAG with a stale index falls behind its fresh self."
    ),
    run=run_time_machine,
    picture=draw_time_machine,
    minutes=1.0,
)  # fmt: skip
