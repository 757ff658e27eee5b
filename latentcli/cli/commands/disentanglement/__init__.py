"""The commands of the panel Disentanglement: one file for each verb."""
