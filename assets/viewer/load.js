// 3Dmol is an old-style script: put it into the page once, however many viewers ask.

let loading = null;

export function load3dmol(url) {
  if (globalThis.$3Dmol) return Promise.resolve();
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      loading = null;
      reject(new Error("The molecule viewer could not be loaded. Reload the page."));
    };
    document.head.append(script);
  });
  return loading;
}

const KEPT_FIELDS = 8;
const fields = new Map();

// Fields are immutable under their URL: fetch each once, keep the last few.
export async function loadField(url, decode) {
  if (!fields.has(url)) {
    fields.set(url, fetch(url).then(async (response) => {
      if (!response.ok) throw new Error("The density is no longer on the server. Load the structure again.");
      return decode(await response.arrayBuffer());
    }));
    if (fields.size > KEPT_FIELDS) fields.delete(fields.keys().next().value);
  }
  try {
    return await fields.get(url);
  } catch (error) {
    fields.delete(url);
    throw error;
  }
}
