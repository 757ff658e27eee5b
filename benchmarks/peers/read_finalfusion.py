"""Read GloVe text with finalfusion: FILE."""

import sys

import finalfusion

finalfusion.load_text(sys.argv[1])
