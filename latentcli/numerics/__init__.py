"""Numerical work that every domain shares: blocks, search, resampling, intervals, predictors."""
