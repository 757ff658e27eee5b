"""The commands of the panel Geometry: one file for each verb."""
