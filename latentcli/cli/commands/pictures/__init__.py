"""The commands of the panel Pictures: one file for each verb."""
