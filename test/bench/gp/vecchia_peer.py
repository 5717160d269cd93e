"""The peer of the Vecchia benchmark: GPBoost on the same rows with as many neighbours.

usage: vecchia_peer.py TRAIN.npy TEST.npy NEIGHBOURS [OPTIMISER]

Both arrays are (row; inputs, target), standardised on the training rows. Prints one line of JSON: seconds of fit and
prediction together, and RMSE, NLPD and coverage of 95 % intervals at the test rows.
"""
import json
import os
import sys
import time

import gpboost
import numpy as np

train, test = (np.ascontiguousarray(np.load(path), dtype=np.float64) for path in sys.argv[1:3])
neighbours = int(sys.argv[3])
settings = {"optimizer_cov": sys.argv[4]} if len(sys.argv) > 4 else {}
start = time.perf_counter()
model = gpboost.GPModel(
    gp_coords=train[:, :-1],
    cov_function="matern_ard",
    cov_fct_shape=1.5,
    gp_approx="vecchia",
    num_neighbors=neighbours,
    likelihood="gaussian",
)
model.fit(y=train[:, -1], params=settings)
model.set_prediction_data(num_neighbors_pred=neighbours)
found = model.predict(gp_coords_pred=test[:, :-1], predict_var=True, predict_response=True)
seconds = time.perf_counter() - start
errors = test[:, -1] - found["mu"]
squares = errors**2 / found["var"]
print(
    json.dumps(
        {
            "seconds": seconds,
            "rmse": float(np.sqrt(np.mean(errors**2))),
            "nlpd": float(np.mean(0.5 * np.log(2 * np.pi * found["var"]) + 0.5 * squares)),
            "version": gpboost.__version__,
            "settings": "Matern 3/2 with a length scale an input, Vecchia, its default optimiser to its own tolerance, "
            f"{os.environ.get('OMP_NUM_THREADS', os.cpu_count())} threads",
            "coverage": float(np.mean(squares <= 1.959964**2)),
        }
    )
)
