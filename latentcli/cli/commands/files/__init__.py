"""The commands of the panel Files: one file for each verb."""
