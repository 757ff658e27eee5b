"""Read JSON lines with pandas, and take the vectors as an array: FILE."""

import sys

import numpy as np
import pandas as pd

frame = pd.read_json(sys.argv[1], lines=True)
np.array(frame["embedding"].tolist(), dtype=np.float32)
