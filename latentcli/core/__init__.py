"""The NumPy core: arrays in, frozen results out. No files, no printing."""
