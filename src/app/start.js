// Starts the browser's half. It stands in the head, so that everything the page needs is requested at once, and
// only by browsers that run scripts. Every page carries these lines.
{
  const { program, wasm, chunks } = document.currentScript.dataset;

  // Responses that the program will ask for later, and gets from here then.
  const absolute = (path) => new URL(path, location).href;
  const requested = new Map([wasm, ...chunks.split(" ").filter(Boolean)].map((path) => [absolute(path), fetch(path)]));
  for (const response of requested.values()) response.catch(() => {});
  const { fetch: nativeFetch } = window;
  window.fetch = (resource, options) => requested.get(String(resource)) ?? nativeFetch(resource, options);

  // Controls that work with script only are marked `data-script`. The last click on such a thing is repeated once there is script.
  let early;
  const keep = (event) => {
    const control = event.target.closest("[data-script]");
    if (!control) return;
    early = control;
    event.preventDefault();
  };
  addEventListener("click", keep);

  const parsed = new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  const load = async () => {
    const { default: instantiate, load } = await import(program);
    await instantiate({ module_or_path: absolute(wasm) });
    await parsed;
    const hydrate = await load();
    window.fetch = nativeFetch;
    // The fields are set to what the page knows, so it hears first of what was typed. All code is here by now: nothing
    // can be typed in between.
    const fields = document.querySelectorAll("input:not([type=hidden]), textarea");
    const typed = [...fields].filter((field) => field.value !== field.defaultValue);
    hydrate();
    removeEventListener("click", keep);
    for (const field of typed) field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => early?.click());
  };
  load();
}
