"""The commands of the program, one module each.

`add_arguments` describes the command, `run` does it and returns the exit code.
A module here imports the heavy parts inside `run`, so that `lazaretto --help` starts at once.
"""
