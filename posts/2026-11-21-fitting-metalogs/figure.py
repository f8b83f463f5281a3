"""Draws figure.png: the density of one fit, and the lower tail of three quantile functions."""

from pathlib import Path
from statistics import NormalDist

import jax.numpy as jnp
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from metalog_jax.feasibility import best_feasible_fit, design_matrix, get_engine
from metalog_jax.utils import DEFAULT_Y
from PIL import Image

mpl.use("Agg")
INK, TRUE, GOOD, BAD = "#1f2933", "#7b8794", "#2f6f9f", "#c8553d"

rng = np.random.default_rng(2016)
ms = rng.lognormal(mean=3.0, sigma=0.5, size=500)
x = jnp.quantile(jnp.asarray(ms), DEFAULT_Y)
normal = NormalDist()


def true_quantiles(y):
    """Return the quantiles of the distribution that the sample was drawn from."""
    return np.exp([3.0 + 0.5 * normal.inv_cdf(float(p)) for p in y])


def curve(coefficients, y):
    """Return an unbounded metalog's quantiles."""
    return np.asarray(design_matrix(get_engine(len(coefficients)), jnp.asarray(y)) @ coefficients)


plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")

y = np.linspace(0.0005, 0.9995, 4000)
above_zero = jnp.linalg.lstsq(design_matrix(get_engine(5), DEFAULT_Y), jnp.log(x))[0]
values = np.exp(curve(above_zero, y))
left.hist(ms, bins=40, density=True, color="#d9e2ec", label="500 response times")
for quantiles, colour, name, style in [
    (true_quantiles(y), TRUE, "truth", "--"),
    (values, GOOD, "5 terms, above zero", "-"),
]:
    # The density at a quantile is the reciprocal of the quantile function's slope.
    left.plot(quantiles, 1 / np.gradient(quantiles, y), style, color=colour, label=name)
left.set(xlim=(0, 100), xlabel="milliseconds", ylabel="density")
left.legend(frameon=False)

y = np.logspace(-6, -2, 400)
found = best_feasible_fit(x, DEFAULT_Y, num_terms=8)
for quantiles, colour, name, style in [
    (true_quantiles(y), TRUE, "truth", "--"),
    (curve(found.a_star, y), GOOD, "8 terms, feasible", "-"),
    (curve(found.a_ols, y), BAD, "8 terms, least squares", "-"),
]:
    right.plot(y, quantiles, style, color=colour, label=name)
right.axvspan(0.001, 0.01, color="#f0f4f8")
right.text(0.0031, 1.25, "where fit\nlooks", ha="center", color=INK)
right.set(xscale="log", xlim=(1e-6, 1e-2), ylim=(1, 9.5), xlabel="probability", ylabel="milliseconds")
right.legend(frameon=False, loc="upper left")

target = Path(__file__).with_name("figure.png")
figure.savefig(target, dpi=110)
# A hundred colours are plenty for a line drawing, and a third of the bytes.
Image.open(target).convert("RGB").quantize(100).save(target, optimize=True)
