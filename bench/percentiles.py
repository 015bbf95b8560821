"""Figures of many measured times. Pure."""

from collections.abc import Sequence
from statistics import quantiles


def spread_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and most, in ms. At least one time is needed."""
    in_order = sorted(seconds)
    cuts = quantiles(in_order, n=100, method="inclusive") if len(in_order) > 1 else in_order * 99
    return {
        "p50": round(cuts[49] * 1000, 1),
        "p99": round(cuts[98] * 1000, 1),
        "most": round(in_order[-1] * 1000, 1),
    }
