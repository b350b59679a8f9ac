"""The experiments on knowledge: where it ends (E01), invention (E02), passages (E07), facts put into weights (E27)."""

from course_lib.experiments.base import Experiment
from course_lib.experiments.closed_book import draw_confabulation, draw_cutoff, run_confabulation, run_cutoff
from course_lib.experiments.context import draw_context, run_context
from course_lib.experiments.injection import draw_injection, run_injection

E01 = Experiment(
    id="E01",
    title="cutoff",
    claims=("C-frozen", "C-private"),
    predicted="Without documents BASE answers most public questions and hardly any internal or later-added one.",
    run=run_cutoff,
    picture=draw_cutoff,
    minutes=0.1,
)
E02 = Experiment(
    id="E02",
    title="confabulation",
    claims=("A-less-halluc", "B-t-halluc", "B-choose-halluc", "C-f-halluc", "D-t-halluc"),
    predicted="RAG invents less than BASE, and the model tuned on facts invents more than RAG.",
    run=run_confabulation,
    picture=draw_confabulation,
    minutes=2.0,
)
E07 = Experiment(
    id="E07",
    title="context ablation",
    claims=("A-rag-access", "C-reads", "C-debug", "B-choose-docs", "A-c-relev"),
    predicted=(
        "The right passage lifts BASE on internal facts, the retriever costs part of that gain, and BASE follows a "
        "passage against its memory in most cases."
    ),
    run=run_context,
    picture=draw_context,
    minutes=0.5,
)
E27 = Experiment(
    id="E27",
    title="injection of knowledge",
    claims=("A-ft-knows", "B-t-acc", "C-rare", "C-f-facts", "D-v-behavior"),
    predicted=(
        "Tuning on many wordings teaches the facts and beats one wording, yet RAG stays ahead on held-out wordings and "
        "on reversed questions."
    ),
    run=run_injection,
    picture=draw_injection,
    minutes=1.8,
)
