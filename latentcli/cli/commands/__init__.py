"""One file per verb: read the inputs, make one call, return a report."""
