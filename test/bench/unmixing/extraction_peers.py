"""The peers of the extraction benchmark: the same pixels, timed around the computing alone.

usage: extraction_peers.py PEER CUBE.npy COUNT

CUBE is lines x samples x bands. Prints one line of JSON: seconds by the clock.
"""
import json
import sys
import time

import numpy as np

# The package was written for NumPy before 1.24, which still had this name.
np.int = int


def pysptools_atgp(pixels, count):
    from pysptools.eea.eea import ATGP

    return ATGP(pixels, count)


def pysptools_ppi(pixels, count):
    from pysptools.eea.eea import PPI

    return PPI(pixels, count, numSkewers=10_000)


def numpy_nfindr(pixels, count):
    """One start of N-FINDR as it is written by hand: all determinants of an exchange in one call."""
    centred = pixels - pixels.mean(0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    points = np.hstack([np.ones((len(pixels), 1)), centred @ vectors[:, : -count : -1]])
    vertices = np.random.default_rng(0).choice(len(points), count, replace=False)
    moved = True
    while moved:
        moved = False
        for j in range(count):
            stack = np.repeat(points[vertices][None], len(points), axis=0)
            stack[:, j] = points
            volumes = np.abs(np.linalg.det(stack))
            best = int(volumes.argmax())
            if volumes[best] > volumes[vertices[j]] * (1 + 1e-10):
                vertices[j] = best
                moved = True
    return vertices


peer, cube_path, count = sys.argv[1:]
cube = np.load(cube_path)
pixels = np.ascontiguousarray(cube.reshape(-1, cube.shape[-1]), dtype=np.float64)
solve = {"pysptools-atgp": pysptools_atgp, "pysptools-ppi": pysptools_ppi, "numpy-nfindr": numpy_nfindr}[peer]
start = time.perf_counter()
solve(pixels, int(count))
print(json.dumps({"seconds": time.perf_counter() - start}))
