"""Analytic nuclear gradient of a density-fitted, restricted Kohn-Sham calculation.

PySCF's own, but for the functional's part: it builds the matrix of the differentiated potential over all pairs of
basis functions, of which the gradient needs only the product with the density matrix. Through the occupied orbitals
that product costs a small part. Formula: Pople, Gill and Johnson, Chem. Phys. Lett. 199, 557 (1992), eq. 21 (the
grid's own response left out, as PySCF does by default).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyscf import gto, lib
from pyscf.df.grad import rks as df_rks_grad
from pyscf.dft import rks

# Second derivatives come as xx xy xz yy yz zz.
SECOND = ((4, 5, 6), (5, 7, 8), (6, 8, 9))


def xc_gradient(method: rks.RKS) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr: what the functional of a converged `method` (GGA, or hybrid of one) adds."""
    mol, integrator, grids = method.mol, method._numint, method.grids
    occupied = np.ascontiguousarray(method.mo_coeff[:, method.mo_occ > 0])
    per_function = np.zeros((3, mol.nao))
    for values, _mask, weights, _points in integrator.block_loop(mol, grids, mol.nao, 2):
        orbitals = [values[i] @ occupied for i in range(4)]
        density = np.empty((4, len(weights)))
        density[0] = 2.0 * (orbitals[0] ** 2).sum(1)
        for i in range(1, 4):
            density[i] = 4.0 * (orbitals[0] * orbitals[i]).sum(1)
        potential = integrator.eval_xc_eff(method.xc, density, 1, xctype="GGA")[1] * weights
        mixed = potential[0][:, None] * orbitals[0]
        for i in range(1, 4):
            mixed += potential[i][:, None] * orbitals[i]
        first = (occupied @ mixed.T).T
        second = [(occupied @ (p[:, None] * orbitals[0]).T).T for p in potential[1:]]
        for x in range(3):
            per_function[x] += np.einsum("gm,gm->m", values[1 + x], first)
            for i in range(3):
                per_function[x] += np.einsum("gm,gm->m", values[SECOND[x][i]], second[i])
    slices = mol.aoslice_by_atom()[:, 2:]
    # Twice for the two electrons of an orbital, twice for bra and ket; a basis function moves with its nucleus.
    return np.stack([-4.0 * per_function[:, start:stop].sum(1) for start, stop in slices])


class LeanGradients(df_rks_grad.Gradients):
    """PySCF's gradient with `xc_gradient` in the place of its own functional part."""

    _keys = {"xc_part"}

    def get_veff(self, mol: gto.Mole | None = None, dm: NDArray | None = None) -> NDArray:
        """Coulomb and exchange alone, with the response of the fitting basis as PySCF tags it."""
        method = self.base
        hybrid = method._numint.libxc.is_hybrid_xc(method.xc)
        if not hybrid:
            potential = self.get_j(mol, dm)
            response = potential.aux
        else:
            share = method._numint.hybrid_coeff(method.xc)
            coulomb, exchange = self.get_jk(mol, dm)
            potential = coulomb - 0.5 * share * exchange
            response = coulomb.aux - 0.5 * share * exchange.aux
        self.xc_part = xc_gradient(method)
        return lib.tag_array(np.asarray(potential), aux=response.sum((0, 1)))

    def extra_force(self, atom_id: int, envs: dict[str, Any]) -> NDArray:
        return super().extra_force(atom_id, envs) + self.xc_part[atom_id]


def nuclear_gradient(method: rks.RKS) -> NDArray[np.float64]:
    """(n_atoms, 3) hartree/bohr of a converged, density-fitted `method`: the quick way where its functional allows."""
    integrator = method._numint
    quick = integrator._xc_type(method.xc) == "GGA" and not method.do_nlc() and integrator.rsh_coeff(method.xc)[0] == 0
    gradients = LeanGradients(method) if quick else method.nuc_grad_method()
    return np.asarray(gradients.kernel(), dtype=np.float64)
