// What can be drawn of a molecule beside its density, by the names that the server, links and lists have for it.

export const QUANTITIES = { density: "density", formation: "bond formation", potential: "electrostatic potential" };

// Those there are of a scene, or that may be asked for: [name, words] pairs.
export function quantitiesOf({ offers_formation, offers_potential, formation, potential }) {
  const there = { density: true, formation: offers_formation || formation, potential: offers_potential || potential };
  return Object.entries(QUANTITIES).filter(([name]) => there[name]);
}
