package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.probe.Fitted;

/// A site with the probe trained on all rows at the regularisation that was chosen most.
public record FittedSite(Site site, Fitted probe, double c) {}
