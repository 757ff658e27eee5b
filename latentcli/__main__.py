"""`python -m latentcli` is `latent`."""

import sys

from latentcli.app import main

if __name__ == "__main__":
    sys.exit(main())
