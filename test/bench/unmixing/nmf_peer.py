"""The peer of the NMF benchmark: the same updates in NumPy, timed around the iterations alone.

usage: nmf_peer.py METHOD CUBE.npy START.npy ITERATIONS

CUBE is lines x samples x bands, START bands x p. METHOD is nmf, hals, l12-nmf or ss-nmf; an iteration repeats either
update four times with the products of one pass over the cube, as ours does, and evaluates the objective. The graph of
ss-nmf joins every pixel with its eight neighbours. Prints one line of JSON: seconds by the clock and the
relative residual.
"""
import json
import sys
import time

import numpy as np
import scipy.sparse as sparse

REPEATS = 4


def graph_of(lines, samples):
    """Heat-kernel-like weights between the eight neighbours of every pixel, and their degrees."""
    index = np.arange(lines * samples).reshape(lines, samples)
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        first = index[: lines - down, max(0, -right) : samples - max(0, right)]
        second = index[down:, max(0, right) : samples + min(0, right)]
        pairs.append((first.ravel(), second.ravel()))
    rows, columns = (np.concatenate(side) for side in zip(*pairs))
    weights = sparse.coo_matrix((np.full(rows.size, 0.5), (rows, columns)), shape=(index.size, index.size))
    weights = (weights + weights.T).tocsr()
    return weights, np.asarray(weights.sum(axis=1)).ravel()


def multiplicative(x, gram, pull, slope, tied):
    for _ in range(REPEATS):
        x *= pull / (gram @ x + tied * x + slope + 1e-300)


def hals(x, gram, pull):
    for _ in range(REPEATS):
        for k in range(len(x)):
            x[k] = np.maximum(0, x[k] + (pull[k] - gram[k] @ x) / gram[k, k])


method, cube_path, start_path, iterations = sys.argv[1:]
cube, start = np.load(cube_path), np.load(start_path)
lines, samples, bands = cube.shape
Y = np.ascontiguousarray(cube.reshape(-1, bands).T)
M = np.maximum(start, 1e-6).T.copy()
p = len(M)
A = np.full((p, lines * samples), 1 / p)
energy = np.square(Y).sum()
delta, alpha, lam = 9 * energy / Y.shape[1], 0.01 * energy / Y.shape[1], 0.1 * energy / Y.shape[1]
W, degrees = graph_of(lines, samples) if method == "ss-nmf" else (None, 0.0)

begin = time.perf_counter()
for _ in range(int(iterations)):
    gram, pull = M @ M.T + delta, M @ Y + delta
    if method == "hals":
        hals(A, gram, pull)
    else:
        slope = {"nmf": 0.0, "ss-nmf": alpha, "l12-nmf": 0.5 * alpha / np.sqrt(A) if method == "l12-nmf" else 0.0}[method]
        if W is not None:
            pull += lam * ((W @ A.T).T + degrees * A)
        multiplicative(A, gram, pull, slope, 2 * lam * degrees)
    gram, pull = A @ A.T, A @ Y.T
    if method == "hals":
        hals(M, gram, pull)
    else:
        multiplicative(M, gram, pull, 0.0, 0.0)
    residual = energy - 2 * np.sum(pull * M) + np.sum((gram @ M) * M)
    objective = 0.5 * residual + 0.5 * delta * np.square(1 - A.sum(axis=0)).sum()
    if method == "l12-nmf":
        objective += alpha * np.sqrt(A).sum()
    if W is not None:
        objective += alpha * A.sum() + 0.5 * lam * (np.sum(degrees * A * A) - np.sum(A * (W @ A.T).T))
seconds = time.perf_counter() - begin
print(json.dumps({"seconds": seconds, "residual": float(np.sqrt(max(residual, 0) / energy))}))
