package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.probe.Linear;

/// A site with the probe trained on all rows at the regularisation that was chosen most.
public record FittedSite(Site site, Linear probe, double c) {}
