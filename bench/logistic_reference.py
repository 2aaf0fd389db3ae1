"""Reference numbers of LogisticReferenceTest: scikit-learn's LogisticRegression on rows made of sines.

    python bench/logistic_reference.py

scikit-learn 1.9.1, newton-cholesky at tol 1e-12. Prints C, intercept, sum of the coefficients,
largest size of a coefficient, and the first four.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

n, d = 2000, 256
i = np.arange(1, n + 1)[:, None].astype(float)
j = np.arange(1, d + 1)[None, :].astype(float)
x = np.sin(0.37 * i * j) + 0.5 * np.cos(1.3 * i + 0.7 * j)
s = x[:, 0] - 0.8 * x[:, 1] + 0.6 * x[:, 2] + 1.5 * np.sin(2.9 * i[:, 0])
y = (s > 0).astype(int)
print("positive", y.sum())
for c in [1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2]:
    m = LogisticRegression(C=c, tol=1e-12, max_iter=1000, solver="newton-cholesky").fit(x, y)
    w, b = m.coef_[0], m.intercept_[0]
    p = 1 / (1 + np.exp(-(x @ w + b)))
    g = max(np.abs(c * x.T @ (p - y) + w).max(), abs(c * (p - y).sum())) / (c * n)
    print("{%r, %r, %r, %r, %r, %r, %r, %r}," % tuple(float(v) for v in (c, b, w.sum(), np.abs(w).max(), *w[:4])), g)
