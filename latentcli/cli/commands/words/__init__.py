"""The commands of the panel Words: one file for each verb."""
