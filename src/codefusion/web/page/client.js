// Asks the server that the page came from. Not for what is asked, or for what is done with answers.
"use strict";

const client = (() => {
  let key = null; // in memory only
  let onrefused = () => {};

  /** Ask the server; resolves to a response that is fine, else throws what it says. */
  async function ask(path, options = {}) {
    const headers = { ...(options.headers || {}) };
    if (key) headers.Authorization = `Bearer ${key}`;
    let response;
    try {
      response = await fetch(path, { ...options, headers });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("The server does not answer: is it still running?");
    }
    if (response.ok) return response;
    if (response.status === 401) onrefused();
    const body = await response.json().catch(() => ({}));
    throw new Error(body.error?.message || `The server answered ${response.status}`);
  }

  const post = (path, content, signal) =>
    ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
      signal,
    });

  /** Yield the server-sent events of a response as [name, content]. */
  async function* events(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value.replace(/\r/g, "")).split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const fields = part.split("\n").map((line) => line.match(/^(\w+): ?(.*)$/s)?.slice(1) ?? []);
        const data = fields.filter(([name]) => name === "data").map(([, text]) => text);
        const name = fields.find(([one]) => one === "event")?.[1] ?? "message";
        if (data.length) yield [name, JSON.parse(data.join("\n"))];
      }
    }
  }

  return {
    ask,
    events,
    post,
    setKey: (one) => (key = one),
    /** Call this when the server wants a key. */
    whenRefused: (call) => (onrefused = call),
  };
})();
