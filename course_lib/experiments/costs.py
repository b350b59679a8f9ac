"""What an answer costs: where its time goes (E33), and the ledger of tokens, operations and bytes (E34)."""

from course_lib.experiments.base import Experiment
from course_lib.experiments.ledger import draw_ledger, run_ledger
from course_lib.experiments.timing import draw_timing, run_timing

E33 = Experiment(
    id="E33",
    title="where time goes",
    claims=("A-t-speed", "D-t-latency", "D-s-latency", "C-ft-latency"),
    predicted=(
        "Retrieval makes an answer slower than the tuned model's, more so with more passages; the larger part of the "
        "extra time is the reading of the longer prompt, not the search."
    ),
    run=run_timing,
    picture=draw_timing,
    minutes=0.3,
    measures_time=True,
)
E34 = Experiment(
    id="E34",
    title="ledger of tokens",
    claims=("D-query-cheaper", "D-s-token", "B-t-cost", "D-t-cost", "A-rag-cheap"),
    predicted=(
        "A query takes several times the operations with retrieval as with the tuned model, so the source that "
        "calls retrieval lower per query (B-ongoing-lower) is wrong on this; a full context costs still more."
    ),
    run=run_ledger,
    picture=draw_ledger,
    minutes=0.1,
)
