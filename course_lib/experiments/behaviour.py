"""The experiments on behaviour: how far prompting goes (E03), what holds (E19), what an index can teach (E20)."""

from course_lib.experiments.base import Experiment
from course_lib.experiments.prompt_ladder import draw_prompt_ladder, run_prompt_ladder
from course_lib.experiments.retrieved_format import draw_retrieved_format, run_retrieved_format
from course_lib.experiments.rewordings import draw_rewordings, run_rewordings

E03 = Experiment(
    id="E03",
    title="prompt ladder",
    claims=("C-m-80", "A-depth", "D-s-behavior"),
    predicted=(
        "Over four tasks the best prompt recovers a part of what tuning gains, more than nothing and less than the "
        "claimed 80 %: a small model follows a form that it is told or shown only some of the time."
    ),
    run=run_prompt_ladder,
    picture=draw_prompt_ladder,
    minutes=4.0,
)
E19 = Experiment(
    id="E19",
    title="behaviour under other words",
    claims=("A-uc-voice", "B-choose-style", "C-style", "C-f-format", "A-t-control", "D-s-behavior"),
    predicted=(
        "The tuned model keeps the form more often than prompting and retrieval do, on both tasks, and flips less when "
        "the request is worded in another way."
    ),
    run=run_rewordings,
    picture=draw_rewordings,
    minutes=1.1,
)
E20 = Experiment(
    id="E20",
    title="retrieval for format",
    claims=("C-m-behav", "A-t-control", "D-s-behavior"),
    predicted=(
        "More documents leave the valid share where it is, a style guide in the index too; finished replies in the "
        "index lift it, because what is retrieved then is an example."
    ),
    run=run_retrieved_format,
    picture=draw_retrieved_format,
    minutes=0.3,
)
