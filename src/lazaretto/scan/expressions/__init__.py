"""Rules whose condition is an expression: the language, its fields, the files, the evaluation, the tests."""
