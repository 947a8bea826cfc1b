"""Trees made by other hands agree with ours: pymerkle's, and Certificate Transparency's reference tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from pymerkle.proof import InclusionProof, InvalidProof

from trainhub.ledger.tree import (
    Edge,
    begins,
    consistency_path,
    hash_leaf,
    includes,
    inclusion_path,
    root,
)

# Data of the reference tree, the roots of the trees of its first 1 to 8 leaves, and its published proofs.
DATA = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SECOND_LEAF = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
SECOND_PAIR = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
FIFTH_LEAF = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
THIRD_PAIR = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
FOURTH_PAIR = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
SECOND_HALF = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = {
    (0, 1): (),
    (0, 8): (SECOND_LEAF, SECOND_PAIR, SECOND_HALF),
    (5, 8): (FIFTH_LEAF, FOURTH_PAIR, ROOTS[3]),
    (2, 3): (ROOTS[1],),
    (1, 5): (ROOTS[0], SECOND_PAIR, FIFTH_LEAF),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (SECOND_LEAF, SECOND_PAIR, SECOND_HALF),
    (6, 8): (THIRD_PAIR, FOURTH_PAIR, ROOTS[3]),
    (2, 5): (SECOND_PAIR, FIFTH_LEAF),
}


def ours(data):
    """Our tree over some data: its edge, and where its nodes are."""
    edge, nodes = Edge(), {}
    for each in data:
        nodes |= {(level, index): found for level, index, found in edge.add(hash_leaf(each))}
    return edge, lambda level, index: nodes[level, index]


def theirs(data):
    tree = InmemoryTree(algorithm="sha256")
    for each in data:
        tree.append_entry(each)
    return tree


def hexed(path):
    return tuple(step.hex() for step in path)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_tree_has_its_published_roots(size):
    edge, node = ours(DATA[:size])
    assert edge.root().hex() == root(size, node).hex() == ROOTS[size - 1]
    assert theirs(DATA[:size]).get_root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("place", "path"), INCLUSION.items())
def test_the_reference_tree_has_its_published_proofs_of_inclusion(place, path):
    index, size = place
    assert hexed(inclusion_path(index, size, ours(DATA)[1])) == path


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_the_reference_tree_has_its_published_proofs_of_consistency(sizes, path):
    first, second = sizes
    assert hexed(consistency_path(first, second, ours(DATA)[1])) == path


DATA_OF_ANY_SIZE = st.lists(st.binary(max_size=40), min_size=1, max_size=130)


@given(DATA_OF_ANY_SIZE, st.data())
def test_roots_and_proofs_of_inclusion_are_the_same_bytes_in_both(data, draw):
    edge, node = ours(data)
    other = theirs(data)
    size = draw.draw(st.integers(1, len(data)))
    index = draw.draw(st.integers(0, size - 1))
    assert edge.root() == other.get_root()
    assert root(size, node) == other.get_root(size)
    leaf, path, proof = (
        hash_leaf(data[index]),
        inclusion_path(index, size, node),
        other.prove_inclusion(index + 1, size),
    )
    assert [leaf, *path] == proof.path
    InclusionProof("sha256", True, size, index + 1, proof.rule, [leaf, *path]).verify(
        leaf, root(size, node), index=index + 1, size=size
    )
    assert includes(leaf, index, size, proof.path[1:], other.get_root(size))


@given(DATA_OF_ANY_SIZE, st.data())
def test_each_believes_the_growth_that_the_other_proves(data, draw):
    _edge, node = ours(data)
    other = theirs(data)
    second = draw.draw(st.integers(1, len(data)))
    first = draw.draw(st.integers(1, second))
    path = consistency_path(first, second, node)
    assert begins(first, other.get_root(first), second, other.get_root(second), path)
    other.prove_consistency(first, second).verify(
        root(first, node), root(second, node), prior_size=first, later_size=second
    )
    assert path == defined(first, data[:second], True)


def defined(first, data, whole):
    """SUBPROOF of RFC 9162, section 2.1.4.1, word for word, with every hash of a part asked of pymerkle."""
    size = len(data)
    if first == size:
        return [] if whole else [theirs(data).get_root()]
    split = 1
    while split * 2 < size:
        split *= 2
    if first <= split:
        return [*defined(first, data[:split], whole), theirs(data[split:]).get_root()]
    return [*defined(first - split, data[split:], False), theirs(data[:split]).get_root()]


@settings(max_examples=50)
@given(DATA_OF_ANY_SIZE, st.data())
def test_neither_believes_a_past_that_was_changed(data, draw):
    second = draw.draw(st.integers(1, len(data)))
    first = draw.draw(st.integers(1, second))
    place = draw.draw(st.integers(0, first - 1))
    changed = [*data[:place], data[place] + b"!", *data[place + 1 :]]
    _edge, forged = ours(changed)
    honest = root(first, ours(data)[1])
    path = consistency_path(first, second, forged)
    assert not begins(first, honest, second, root(second, forged), path)
    with pytest.raises(InvalidProof):
        theirs(changed).prove_consistency(first, second).verify(honest, root(second, forged))
