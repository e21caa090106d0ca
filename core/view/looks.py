"""What the atoms of a scene may be drawn as and coloured by, beside their elements: residues, and expected errors."""

from dataclasses import replace

from core.chem.topology import Topology
from core.view.picture import Picture
from core.view.scene import Scene
from core.view.scene_residues import residues_of
from core.view.trust import trust_of
from core.view.trust_colors import with_errors


def with_looks(scene: Scene, picture: Picture, topology: Topology | None) -> Scene:
    """`scene`, of `picture`, with its residues and the expected error of each atom, as far as they are known."""
    scene = replace(scene, residues=residues_of(picture.molecule, topology))
    trust = trust_of(picture)
    return with_errors(scene, trust) if trust else scene
