"""Entropic descent archetypal analysis in PyTorch, from the formulas of the paper (arXiv 2209.11002): the peer of the
EDAA benchmark.

usage: edaa-peer.py PIXELS.npy P ROUNDS STEPS RESTARTS SEED

PIXELS is pixels x bands, prepared. float32 on the CPU, as the paper's program runs, with as many threads as
OMP_NUM_THREADS says. Prints one line of JSON: seconds for the restarts alone, and the lowest relative l1 residual.
"""
import json
import os
import sys
import time

import numpy as np
import torch


def gradient_of_abundances(pixels, weights, abundances):
    archetypes = pixels @ weights
    return -archetypes.T @ (pixels - archetypes @ abundances)


def gradient_of_weights(pixels, weights, abundances):
    return -pixels.T @ ((pixels - (pixels @ weights) @ abundances) @ abundances.T)


def mirror_step(point, gradient, size):
    """The entropic update: a softmax down every column."""
    return torch.softmax(torch.log(point) - size * gradient, dim=0)


def restart(pixels, count, rounds, steps, factor):
    n = pixels.shape[1]
    weights = torch.softmax(0.1 * torch.rand(n, count), dim=0)
    abundances = torch.full((count, n), 1.0 / count)
    norm = torch.linalg.matrix_norm(pixels @ weights, 2)
    size = factor / norm**2
    for _ in range(rounds):
        for _ in range(steps):
            gradient = gradient_of_abundances(pixels, weights, abundances)
            abundances = mirror_step(abundances, gradient, size)
        for _ in range(steps):
            gradient = gradient_of_weights(pixels, weights, abundances)
            weights = mirror_step(weights, gradient, size * (count / n) ** 0.5)
    return (pixels - pixels @ weights @ abundances).abs().sum().item()


path, count, rounds, steps, restarts, seed = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(seed)
pixels = torch.tensor(np.load(path).T.copy(), dtype=torch.float32)
factors = 2.0 ** np.random.RandomState(seed).randint(-3, 4, restarts)
with torch.inference_mode():
    restart(pixels, count, 1, 2, 1.0)
    start = time.perf_counter()
    deviations = [restart(pixels, count, rounds, steps, factor) for factor in factors]
    seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "fit": min(deviations) / pixels.abs().sum().item()}))
