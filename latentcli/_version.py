"""The version of the package: for its files and its build, which import nothing else."""

__version__ = "0.1.0"
