"""The command line: words typed, one call of the library, a report; exit codes."""
