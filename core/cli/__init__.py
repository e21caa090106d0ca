"""Command line: one module per subcommand, each with add_arguments(parser) and run(args) -> exit code.

A module is imported only when its command is called, and itself imports what is heavy inside `run`, so that
`--help` is quick. `--json` belongs to the dispatch (`core.cli.dispatch`) and stands on every command.
"""
