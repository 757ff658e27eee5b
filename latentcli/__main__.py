"""`python -m latentcli` is `latent`."""

from latentcli.cli.app import run

if __name__ == "__main__":
    run()
