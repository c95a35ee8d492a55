"""The trained model's graph, run node by node, without dask."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


def apply() -> None:
    """Make the change; may be called twice."""
    DaskGraphRunner.run = _run


def _run(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    """Run what the targets need, each node once, a node's needs before it."""
    schema = self._graph_schema
    inputs = inputs or {}
    done: dict[str, Any] = {}

    def output_of(name: str) -> Any:
        if name in inputs:
            return name, inputs[name]
        if name not in schema.nodes:
            return name
        if name not in done:
            needed = [output_of(need) for need in schema.nodes[name].needs.values()]
            done[name] = self._instantiated_nodes[name](*needed)
        return done[name]

    try:
        return dict(output_of(target) for target in targets or schema.target_names)
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
