/// Eigenvectors, factorisations and statistics of covariance, on tensors.
@NullMarked
package dev.sonde.linalg;

import org.jspecify.annotations.NullMarked;
