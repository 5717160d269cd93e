"""The peer of the benchmark of the Matrix Market reader: SciPy's, which is fast_matrix_market from SciPy 1.12 on.

usage: mmread_speed.py PATH THREADS

Reads the file once with so many threads, as it comes (coordinates, nothing put in order or added up), and prints seconds by
the clock.
"""
import sys
import time

import scipy.io
import scipy.io._fast_matrix_market as fast_matrix_market

path, threads = sys.argv[1:]
fast_matrix_market.PARALLELISM = int(threads)
start = time.perf_counter()
scipy.io.mmread(path)
print(time.perf_counter() - start)
