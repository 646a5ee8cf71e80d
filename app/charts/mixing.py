"""The line on which random mixes of two points lie, also on a logarithmic axis."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIXED: Final = 120


def filled(cost_usd: Floats, accuracy: Floats) -> tuple[Floats, Floats]:
    """Returns points along the lines between corners: on a logarithmic axis a mix of two models is no straight line."""
    if len(cost_usd) < 2 or cost_usd[0] <= 0:
        return cost_usd, accuracy
    at = np.union1d(np.geomspace(cost_usd[0], cost_usd[-1], MIXED), cost_usd)
    return at, np.interp(at, cost_usd, accuracy)
