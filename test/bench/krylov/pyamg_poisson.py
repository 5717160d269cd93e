"""The peer of the multigrid benchmarks: PyAMG's two kinds of multigrid around conjugate gradients, on Poisson's equation.

usage: pyamg_poisson.py KIND SIZES

KIND is classical or aggregation, SIZES the unknowns along each axis with commas between them; the right-hand side is all
ones. Prints one line of JSON: seconds of set-up and of solving by the clock, iterations, and the true relative residual.
"""
import json
import sys
import time

import numpy as np
import pyamg

kind, sizes = sys.argv[1:]
matrix = pyamg.gallery.poisson(tuple(int(size) for size in sizes.split(",")), format="csr")
right = np.ones(matrix.shape[0])
prepare = {"classical": pyamg.ruge_stuben_solver, "aggregation": pyamg.smoothed_aggregation_solver}[kind]
start = time.perf_counter()
hierarchy = prepare(matrix)
ready = time.perf_counter()
residuals = []
solution = hierarchy.solve(right, tol=1e-8, accel="cg", residuals=residuals)
done = time.perf_counter()
residual = float(np.linalg.norm(right - matrix @ solution) / np.linalg.norm(right))
print(
    json.dumps(
        {"setup": ready - start, "solve": done - ready, "iterations": len(residuals) - 1, "residual": residual}
    )
)
