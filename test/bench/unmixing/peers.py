"""The peers of the FCLS benchmark: the same pixels and endmembers, timed around the computing alone.

usage: peers.py PEER CUBE.npy ENDMEMBERS.npy PIXELS OURS.npy

CUBE is lines x samples x bands, ENDMEMBERS bands x p, OURS the abundances p x lines x samples to compare with.
Only the first PIXELS pixels are unmixed. Prints one line of JSON: seconds by the clock and of
the processor, and the largest difference to OURS.
"""
import json
import sys
import time

import numpy as np


def scipy_nnls(pixels, endmembers):
    """A loop of SciPy's NNLS with the sum to one as an appended heavy row: what people write by hand."""
    from scipy.optimize import nnls

    weight = 1e3 * np.linalg.norm(endmembers, axis=0).mean()
    heavy = np.vstack([endmembers, np.full((1, endmembers.shape[1]), weight)])
    targets = np.hstack([pixels, np.full((pixels.shape[0], 1), weight)])
    out = np.empty((pixels.shape[0], endmembers.shape[1]))
    for n in range(pixels.shape[0]):
        out[n] = nnls(heavy, targets[n])[0]
    return out


def pysptools_fcls(pixels, endmembers):
    from pysptools.abundance_maps.amaps import FCLS

    return FCLS(pixels, endmembers.T)


peer, cube_path, endmember_path, count, ours_path = sys.argv[1:]
cube, endmembers, ours = np.load(cube_path), np.load(endmember_path), np.load(ours_path)
pixels = np.ascontiguousarray(cube.reshape(-1, cube.shape[-1])[: int(count)], dtype=np.float64)
solve = {"scipy-nnls": scipy_nnls, "pysptools-fcls": pysptools_fcls}[peer]
solve(pixels[:5], endmembers)
start, used = time.perf_counter(), time.process_time()
found = solve(pixels, endmembers)
seconds, processor = time.perf_counter() - start, time.process_time() - used
difference = float(np.abs(found.T - ours.reshape(ours.shape[0], -1)[:, : len(pixels)]).max())
print(json.dumps({"seconds": seconds, "processorSeconds": processor, "difference": difference}))
