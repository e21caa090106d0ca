// Numbers as people type them: with a point or a comma before the decimals, with commas between thousands as the legends
// write them, and with a true minus.

// What is typed in a field; null where it is no number.
export function numberIn({ value }) {
  const text = value.trim().replace("−", "-");
  const thousands = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(text);
  const number = Number(thousands ? text.replaceAll(",", "") : text.replace(",", "."));
  return text && Number.isFinite(number) ? number : null;
}
