"""The peer of the benchmarks of inducing points: GPyTorch on rows that are standardised already.

usage: peers.py sgpr ROWS.npy POINTS.npy STEPS
       peers.py svgp ROWS.npy POINTS.npy EPOCHS

ROWS.npy (row, inputs and then the target), POINTS.npy (point, input): where the inducing points begin. Both models have a
Matern-3/2 kernel with a length scale for each input, and hyper-parameters that begin where ours do: length scales of the
square root of the number of inputs, a variance of 1, a noise of 0.1. Numbers are of single precision, GPyTorch's default
and its faster one; matrices of the inducing points are factored by Cholesky, as it does below 800 of them. sgpr: STEPS of Adam, as in GPyTorch's own example; svgp: EPOCHS of
minibatches of 512 rows with natural gradients on the posterior and Adam on the rest, as in its example. Prints one line of
JSON: seconds by the clock, and the negative bound for each row at the end.
"""
import json
import sys
import time

import gpytorch
import numpy as np
import torch
from gpytorch.variational import NaturalVariationalDistribution, VariationalStrategy

BATCH = 512

which, rows_path, points_path, count = sys.argv[1:]
rows = torch.tensor(np.load(rows_path), dtype=torch.float32)
points = torch.tensor(np.load(points_path), dtype=torch.float32)
x, y = rows[:, :-1].contiguous(), rows[:, -1].contiguous()
torch.manual_seed(0)


def covariance():
    base = gpytorch.kernels.MaternKernel(nu=1.5, ard_num_dims=x.shape[1])
    base.lengthscale = x.shape[1] ** 0.5
    kernel = gpytorch.kernels.ScaleKernel(base)
    kernel.outputscale = 1.0
    return kernel


class Sgpr(gpytorch.models.ExactGP):
    def __init__(self, likelihood):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.InducingPointKernel(covariance(), points.clone(), likelihood)

    def forward(self, at):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(at), self.covar_module(at))


class Svgp(gpytorch.models.ApproximateGP):
    def __init__(self):
        posterior = NaturalVariationalDistribution(points.shape[0])
        super().__init__(VariationalStrategy(self, points.clone(), posterior, learn_inducing_locations=True))
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = covariance()

    def forward(self, at):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(at), self.covar_module(at))


likelihood = gpytorch.likelihoods.GaussianLikelihood()
likelihood.noise = 0.1
if which == "sgpr":
    model = Sgpr(likelihood)
    objective = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
    model.train()
    likelihood.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    start = time.perf_counter()
    for _ in range(int(count)):
        optimiser.zero_grad()
        loss = -objective(model(x), y)
        loss.backward()
        optimiser.step()
    seconds = time.perf_counter() - start
    value = float(-objective(model(x), y).detach())
else:
    model = Svgp()
    objective = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=len(y))
    model.train()
    likelihood.train()
    natural = gpytorch.optim.NGD(model.variational_parameters(), num_data=len(y), lr=0.1)
    rest = torch.optim.Adam(list(model.hyperparameters()) + list(likelihood.parameters()), lr=0.01)
    start = time.perf_counter()
    for _ in range(int(count)):
        for batch in torch.randperm(len(y)).split(BATCH):
            natural.zero_grad()
            rest.zero_grad()
            loss = -objective(model(x[batch]), y[batch])
            loss.backward()
            natural.step()
            rest.step()
    seconds = time.perf_counter() - start
    with torch.no_grad():
        parts = [(float(objective(model(x[part]), y[part])), len(part)) for part in torch.arange(len(y)).split(4096)]
    value = -sum(own * size for own, size in parts) / len(y)
print(json.dumps({"seconds": seconds, "objective": value}))
