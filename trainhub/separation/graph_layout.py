"""Placing a relation graph on a plane: columns by distance from the centre, neighbours near each other."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from trainhub.separation.graph import Edge, Graph, Node, NodeKey

BOX = (176, 40)
GAP = (150, 18)
MARGIN = 16
_SWEEPS = 6
_SHIFT = 26
_LETTERS = 164
"""Pixels that a text in a box may take."""


@dataclass(frozen=True)
class PlacedNode:
    """A box: its left upper corner, and its text cut to fit."""

    node: Node
    x: int
    y: int
    label: str
    in_conflict: bool


@dataclass(frozen=True)
class PlacedEdge:
    """A curve as SVG writes it, and where its number stands."""

    edge: Edge
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """A relation graph with places (关系图版面)."""

    width: int
    height: int
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]


def place(graph: Graph) -> Picture:
    """Return where everything of a graph stands."""
    columns = _ordered(graph, _columns(graph))
    tallest = max(len(column) for column in columns)
    height = 2 * MARGIN + tallest * (BOX[1] + GAP[1]) - GAP[1]
    corner: dict[NodeKey, tuple[int, int]] = {}
    for number, column in enumerate(columns):
        taken = len(column) * (BOX[1] + GAP[1]) - GAP[1]
        top = (height - taken) // 2
        for row, key in enumerate(column):
            corner[key] = (MARGIN + number * (BOX[0] + GAP[0]), top + row * (BOX[1] + GAP[1]))
    red = {key for edge in graph.edges if edge.rules for key in (edge.source, edge.target)}
    nodes = tuple(
        PlacedNode(each, *corner[each.key], fitted(each.text), each.key in red) for each in graph.nodes
    )
    width = 2 * MARGIN + len(columns) * (BOX[0] + GAP[0]) - GAP[0] // 3
    return Picture(width, height, nodes, tuple(_curves(graph, corner)))


def _columns(graph: Graph) -> list[list[NodeKey]]:
    """Return the nodes by their distance from the centre; what hangs on nothing comes last."""
    beside: dict[NodeKey, list[NodeKey]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    distance = {graph.centre: 0}
    waiting = deque([graph.centre])
    while waiting:
        key = waiting.popleft()
        for other in beside[key]:
            if other not in distance:
                distance[other] = distance[key] + 1
                waiting.append(other)
    last = max(distance.values()) + 1
    columns: list[list[NodeKey]] = [[] for _number in range(last + 1)]
    for node in graph.nodes:
        columns[distance.get(node.key, last)].append(node.key)
    return [column for column in columns if column]


def _ordered(graph: Graph, columns: list[list[NodeKey]]) -> list[list[NodeKey]]:
    """Return columns in which neighbours stand at about the same height, so that few lines cross."""
    rank = {key: row - len(column) / 2 for column in columns for row, key in enumerate(column)}
    for _sweep in range(_SWEEPS):
        for column in columns:
            wanted = {key: _mean(graph, key, rank) for key in column}
            column.sort(key=lambda key: (wanted[key], key))
            rank |= {key: row - len(column) / 2 for row, key in enumerate(column)}
    return columns


def _mean(graph: Graph, key: NodeKey, rank: dict[NodeKey, float]) -> float:
    near = [rank[edge.target] for edge in graph.edges if edge.source == key]
    near += [rank[edge.source] for edge in graph.edges if edge.target == key]
    return sum(near) / len(near) if near else rank[key]


def _curves(graph: Graph, corner: dict[NodeKey, tuple[int, int]]) -> list[PlacedEdge]:
    parallel: Counter[frozenset[NodeKey]] = Counter()
    ends = Counter(key for edge in graph.edges for key in (edge.source, edge.target))
    found = []
    for edge in graph.edges:
        pair = frozenset((edge.source, edge.target))
        shift = _SHIFT * ((parallel[pair] + 1) // 2) * (1 if parallel[pair] % 2 else -1)
        parallel[pair] += 1
        first, second = sorted((edge.source, edge.target), key=lambda key: corner[key])
        points = _points(corner[first], corner[second], shift, parallel[pair])
        # Numbers stand near the end at which fewer lines meet: there they lie apart.
        where = 0.5 if ends[first] == ends[second] else 0.74 if ends[first] > ends[second] else 0.26
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = points
        path = f"M{x1} {y1}C{x2} {y2} {x3} {y3} {x4} {y4}"
        found.append(PlacedEdge(edge, path, *_on_curve(points, where)))
    return found


def _points(
    first: tuple[int, int], second: tuple[int, int], shift: int, number: int
) -> tuple[tuple[int, int], ...]:
    """Return the four points of a curve: right out of one box and into the left of another, or back."""
    x1, y1 = first[0] + BOX[0], first[1] + BOX[1] // 2
    x2, y2 = second[0], second[1] + BOX[1] // 2
    if first[0] == second[0]:
        bow = x1 + 40 + 12 * number + abs(y2 - y1) // 12
        return (x1, y1), (bow, y1), (bow, y2), (x1, y2)
    middle = (x1 + x2) // 2
    return (x1, y1), (middle, y1 + shift), (middle, y2 + shift), (x2, y2)


def _on_curve(points: tuple[tuple[int, int], ...], where: float) -> tuple[int, int]:
    """Return a point of a cubic Bezier curve."""
    weights = ((1 - where) ** 3, 3 * (1 - where) ** 2 * where, 3 * (1 - where) * where**2, where**3)
    x = sum(weight * point[0] for weight, point in zip(weights, points, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, points, strict=True))
    return round(x), round(y)


def fitted(text: str) -> str:
    """Return a text cut to the width of a box, by what letters take at 13 pixels."""
    taken, kept = 0, ""
    for letter in text:
        taken += 14 if ord(letter) > 0x2E7F else 8
        if taken > _LETTERS:
            return kept[:-1] + "…"
        kept += letter
    return text
