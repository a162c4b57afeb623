"""Makes Inspect logs with Inspect itself: a suite of arithmetic answered by its mock model, the same at every run.

usage: make_inspect_logs.py FOLDER SAMPLES
"""

import os
import random
import sys
from pathlib import Path

from inspect_ai import Task, eval as run
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match
from inspect_ai.solver import generate


def dataset(count):
    numbers = random.Random(1)
    samples = []
    for index in range(count):
        first, second = numbers.randrange(1000), numbers.randrange(1000)
        question = f"A shop sells {first} apples in the morning and {second} in the afternoon. How many does it sell?"
        samples.append(Sample(id=f"shop-{index:05d}", input=question, target=str(first + second)))
    return MemoryDataset(samples, name="shop")


def answering(suite, accuracy, seed):
    """A mock model that answers a share of the questions rightly, each after a paragraph of reasoning."""
    chance = random.Random(seed)
    outputs = []
    for sample in suite:
        answer = int(sample.target) + (0 if chance.random() < accuracy else 1)
        text = f"Let me add the two numbers step by step. {sample.input} " * 3 + f"ANSWER: {answer}"
        output = ModelOutput.from_content("mockllm/model", text)
        # Without a usage Inspect fetches a tokenizer from the network to count for itself.
        output.usage = ModelUsage(input_tokens=40, output_tokens=90, total_tokens=130)
        outputs.append(output)
    return get_model("mockllm/model", custom_outputs=outputs, memoize=False)


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    suite = dataset(count)
    for name, accuracy, seed in (("base", 0.70, 2), ("candidate", 0.74, 3)):
        task = Task(name="shop", dataset=suite, solver=generate(), scorer=match())
        [log] = run(
            task, model=answering(suite, accuracy, seed), log_dir=str(folder / name), display="none",
            max_samples=1, max_connections=1, log_buffer=count)
        assert log.status == "success", log.error
        path = log.location.removeprefix("file://")
        os.replace(path, folder / f"{name}.eval")


if __name__ == "__main__":
    main()
