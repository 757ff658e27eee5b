"""The commands of the panel Latents: one file for each verb."""
