"""The peers of the Tucker benchmarks: the same tensor at the same ranks, timed around the computing alone.

usage: peers.py PEER TENSOR.npy RANKS

RANKS are whole numbers with commas between them. Prints one line of JSON: seconds by the clock and the relative error of
the model.
"""
import json
import sys
import time

import numpy as np
import tensorly
from tensorly.decomposition import non_negative_tucker_hals, tucker

peer, path, ranks = sys.argv[1:]
tensor = np.ascontiguousarray(np.load(path), dtype=np.float64)
ranks = [int(rank) for rank in ranks.split(",")]
solve = {"hooi": tucker, "nonnegative": non_negative_tucker_hals}[peer]
start = time.perf_counter()
core, factors = solve(tensor, rank=ranks)
seconds = time.perf_counter() - start
found = tensorly.tucker_to_tensor((core, factors))
error = float(np.linalg.norm(tensor - found) / np.linalg.norm(tensor))
print(json.dumps({"seconds": seconds, "error": error}))
