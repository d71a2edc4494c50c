"""The workloads of the benchmark and their data; shared by every Python peer.

A peer is a process that prints one JSON line `{"ready": true, "version": ...}` when its step is built and warm, then
answers each line `run N` on standard input with `{"seconds": s, "loss": l}` for N steps.
"""
import json
import sys
import time

import numpy as np

SINUSOID = dict(tasks=25, shots=10, queries=10, hidden=40, inner_rate=0.01, outer_rate=1e-3)
PROTONET = dict(ways=20, shots=1, queries=5, filters=64, size=28, outer_rate=1e-3)
MAML = dict(tasks=4, ways=5, shots=1, queries=15, filters=64, size=28, inner_steps=5, inner_rate=0.01, outer_rate=1e-3)
BATCHES = 8  # image batches are made once and used in turn, so that no contestant times a random generator


def sinusoid_batch(random, tasks=None):
    """Fresh tasks: y = A sin(x - p)."""
    w = SINUSOID
    tasks = tasks or w["tasks"]
    amplitude = random.uniform(0.1, 5.0, (tasks, 1, 1)).astype(np.float32)
    phase = random.uniform(0.0, np.pi, (tasks, 1, 1)).astype(np.float32)
    x = random.uniform(-5.0, 5.0, (tasks, w["shots"] + w["queries"], 1)).astype(np.float32)
    y = amplitude * np.sin(x - phase)
    k = w["shots"]
    return x[:, :k], y[:, :k], x[:, k:], y[:, k:]


def image_batches(random, tasks, ways, shots, queries, size):
    """Noise images, channels first: support [T, N*K, 1, S, S] and query [T, N*Q, 1, S, S] with labels."""
    labels_s = np.tile(np.repeat(np.arange(ways), shots), (tasks, 1))
    labels_q = np.tile(np.repeat(np.arange(ways), queries), (tasks, 1))
    return [
        (
            random.random((tasks, ways * shots, 1, size, size), dtype=np.float32),
            labels_s,
            random.random((tasks, ways * queries, 1, size, size), dtype=np.float32),
            labels_q,
        )
        for _ in range(BATCHES)
    ]


def serve(step, version, clock=time.perf_counter):
    """Runs the protocol: `step()` makes one whole update and returns its loss as a float, or a value to read."""
    for _ in range(3):
        loss = step()
    float(loss)
    print(json.dumps({"ready": True, "version": version}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if not words or words[0] != "run":
            break
        start = clock()
        for _ in range(int(words[1])):
            loss = step()
        loss = float(loss)
        print(json.dumps({"seconds": clock() - start, "loss": loss}), flush=True)
