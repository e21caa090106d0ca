// Lists to choose from, in the frame of a picture. Texts go in as textContent.

// options: [key, label] pairs. usual: the one that stands there where nothing was chosen.
export function fillChoice(select, options, chosen, usual = options[0][0]) {
  select.dataset.usual = usual;
  select.replaceChildren(...options.map(([key, label]) => Object.assign(document.createElement("option"), { value: key, textContent: label })));
  select.value = options.some(([key]) => key === chosen) ? chosen : usual;
}
