"""TensorLy's masked Tucker of a tensor with entries held out; prints the root mean square error there.

Arguments: values.npy, mask.npy (true where an entry is missing), held.npy (places and values of the entries held out),
ranks.
"""

import json
import sys

import numpy as np
import tensorly
from tensorly.decomposition import tucker

values, missing, held = (np.load(path) for path in sys.argv[1:4])
ranks = [int(rank) for rank in sys.argv[4].split(",")]
places = tuple(held[:, 1:].astype(int).T)
observed = ~missing.astype(bool)
observed[places] = False
core, factors = tucker(
    np.where(observed, values, 0.0), rank=ranks, mask=observed, init="random", n_iter_max=200, random_state=0
)
rebuilt = tensorly.tucker_to_tensor((core, factors))
print(json.dumps({"rmse": float(np.sqrt(np.mean((rebuilt[places] - held[:, 0]) ** 2)))}))
