"""`python -m latentcli` is `latent`; the package takes Ctrl-C when it is run so."""

from latentcli.cli.app import run

if __name__ == "__main__":
    run()
