"""`make bench`: the performance budgets, measured as ratios in one run.

Processor times are those of the functions' own code, with AWS calls answered from memory. A missed
budget is shown but fails nothing; a wrong answer during a measurement fails the run at once.
`python -m tests.bench handlers layers` measures some parts only.
"""

import sys

import infra.generated  # noqa: F401  # puts functions/ on the path
from tests.bench import (
    answers,
    chat,
    consumers,
    fan_out,
    feeds,
    handlers,
    hot_reads,
    images,
    imports,
    layers,
    media,
    storms,
    story_trays,
    streams,
)
from tests.bench.network import deployed
from tests.bench.report import show

ALONE = {
    "imports": ("Cold starts", imports.measure),
    "layers": ("Layers", layers.measure),
    "images": ("Pictures", images.measure),
    "media": ("Videos", media.measure),
    "storms": ("A celebrity's night", storms.measure),
    "streams": ("Streams", streams.measure),
    "hot-reads": ("Hot reads", hot_reads.measure),
    "answers": ("Bytes of answers", answers.measure),
}
ON_A_STACK = {
    "handlers": ("Requests", handlers.measure),
    "consumers": ("Consumers and signatures", consumers.measure),
    "fan-out": ("Fan-out", fan_out.measure),
    "feeds": ("Feeds of a large network", feeds.measure),
    "trays": ("Story trays", story_trays.measure),
    "chat": ("Chat", chat.measure),
}


def main(names: list[str]) -> None:
    """Measure all parts, or the named ones."""
    every = [*ALONE, *ON_A_STACK]
    unknown = set(names).difference(every)
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: the parts are {', '.join(every)}")
    chosen = names or every
    for part, (title, measure) in ALONE.items():
        if part in chosen:
            show(title, measure())
    parts = [(title, measure) for part, (title, measure) in ON_A_STACK.items() if part in chosen]
    if parts:
        with deployed() as network:
            for title, of_network in parts:
                show(title, of_network(network))


if __name__ == "__main__":
    main(sys.argv[1:])
