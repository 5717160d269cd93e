"""SUnSAL as published, in NumPy: all pixels at once, by the alternating direction method of multipliers.

usage: sunsal-peer.py CUBE.npy LIBRARY.npy SPARSITY OUT.npy

CUBE is lines x samples x bands, LIBRARY bands x p. Writes the abundances, p x lines x samples, to OUT and prints one
line of JSON: seconds by the clock around the computing alone, and the iterations.
"""
import json
import sys
import time

import numpy as np


def sunsal(library, pixels, sparsity, tolerance=1e-4, most=2000):
    """min 1/2 |Y - AX|^2 + sparsity |X|_1 over X >= 0; library bands x p, pixels bands x n."""
    p, n = library.shape[1], pixels.shape[1]
    scale = np.sqrt((pixels**2).mean())
    library, pixels, sparsity = library / scale, pixels / scale, sparsity / scale**2
    values, vectors = np.linalg.eigh(library.T @ library)
    penalty = 10 * sparsity + 0.01

    def inverse():
        return (vectors / (values + penalty)) @ vectors.T

    smooth, pull = inverse(), library.T @ pixels
    x = smooth @ pull
    z, u = x.copy(), np.zeros_like(x)
    level = np.sqrt(n * p) * tolerance
    for iteration in range(1, most + 1):
        looks = iteration % 10 == 1
        before = z
        z = np.maximum(x + u - sparsity / penalty, 0)
        x = smooth @ (pull + penalty * (z - u))
        u += x - z
        if looks:
            primal, dual = np.linalg.norm(x - z), penalty * np.linalg.norm(z - before)
            if primal <= level and dual <= level:
                break
            factor = 2 if primal > 10 * dual else 0.5 if dual > 10 * primal else 1
            if factor != 1:
                penalty *= factor
                u /= factor
                smooth = inverse()
    return z, iteration


cube_path, library_path, sparsity, out = sys.argv[1:]
cube, library = np.load(cube_path), np.load(library_path)
pixels = np.ascontiguousarray(cube.reshape(-1, cube.shape[-1]).T)
sunsal(library, pixels[:, :50], float(sparsity))
start = time.perf_counter()
found, iterations = sunsal(library, pixels, float(sparsity))
seconds = time.perf_counter() - start
np.save(out, found.reshape(-1, *cube.shape[:2]))
print(json.dumps({"seconds": seconds, "iterations": iterations}))
