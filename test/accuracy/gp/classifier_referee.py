"""scikit-learn's Gaussian process classifier (Laplace's approximation, logistic link) as the referee of ours.

usage: classifier_referee.py TABLE.csv

TABLE.csv has a header and the columns of inputs, class (0 or 1) and held out (0 or 1). Prints one line of JSON: the mean
negative logarithm of the probability of the classes that were held out.
"""
import json
import sys

import numpy as np
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

rows = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
inputs, classes, held = rows[:, :-2], rows[:, -2], rows[:, -1] == 1
kernel = ConstantKernel(1.0) * RBF([1.0] * inputs.shape[1])
model = GaussianProcessClassifier(kernel, random_state=0).fit(inputs[~held], classes[~held])
probability = model.predict_proba(inputs[held])[:, 1]
own = np.where(classes[held] == 1, probability, 1 - probability)
print(json.dumps({"nlpd": float(-np.mean(np.log(own)))}))
