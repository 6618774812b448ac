"""``nn schema``: the JSON Schema of configurations, for editors."""

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of configurations.

    An editor with the YAML language server completes and checks a file that begins with a line

    # yaml-language-server: $schema=schema.json
    """
    import json

    from nn.config.json_schema import json_schema

    click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))
