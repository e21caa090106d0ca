// What may be done with the atoms that are picked: the camera goes to them, where the density is then refined, or they
// are let go.

export const PICKED_MARKUP = `<button class="zoom-picked" type="button" title="The picked atoms fill the picture; the density is refined there"
      hidden>Zoom to selection</button>
    <button class="unpick" type="button" title="Let the picked atoms go (Escape)" hidden>Clear selection</button>`;

// view: find(name), measure. framed(): the stage to turn to them.
export function listenToPicked({ find, measure }, framed) {
  find("unpick").addEventListener("click", () => measure.clear());
  find("zoom-picked").addEventListener("click", () => framed().goTo(measure.picked));
}

export function showPickedButtons({ find, measure, root }) {
  for (const name of ["zoom-picked", "unpick"]) find(name).hidden = !measure.picked.length;
  root.dataset.picked = measure.picked.join(" ");
}
