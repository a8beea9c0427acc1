"use strict";
const TEXTS = {
  en: { label: "Your question", send: "Ask", stop: "Stop", clear: "New conversation", think: "Reasoning", cut: "\n[cut off at the longest answer]",
    note: "A model writes the answers; they can be wrong. Do not enter personal data.", failed: "No answer", 413: "The question is too long", 429: "Too many questions at the moment", 502: "The server cannot be reached", 503: "The server is not ready yet", 504: "The server took too long" },
  fr: { label: "Votre question", send: "Demander", stop: "Arrêter", clear: "Nouvelle conversation", think: "Raisonnement", cut: "\n[coupée à la longueur maximale]",
    note: "Un modèle rédige les réponses ; elles peuvent être fausses. Ne saisissez pas de données personnelles.", failed: "Pas de réponse", 413: "La question est trop longue", 429: "Trop de questions en ce moment", 502: "Le serveur est injoignable", 503: "Le serveur n'est pas encore prêt", 504: "Le serveur a mis trop de temps" },
};
const at = (id) => document.getElementById(id);
let config, text, running, talk = [];

function add(kind, content) {
  const item = at("talk").appendChild(document.createElement("li"));
  item.className = kind;
  item.textContent = content; // always as text: nothing that a model writes becomes part of the page
  item.scrollIntoView({ block: "end" });
  return item;
}

// Models that reason first end that part with </think>.
function draw(item, answer) {
  const [before, after] = answer.split("</think>");
  const thinks = after !== undefined || answer.startsWith("<think>");
  item.textContent = "";
  if (thinks) {
    const fold = item.appendChild(document.createElement("details"));
    fold.appendChild(document.createElement("summary")).textContent = text.think;
    fold.append(before.replace("<think>", "").trim());
  }
  item.append((thinks ? after || "" : answer).trim());
}

// What fits beside the answer; the oldest questions are forgotten first.
function recent() {
  const system = config.system ? [{ role: "system", content: config.system }] : [];
  while (talk.length > 1 && JSON.stringify([...system, ...talk]).length > Number(config.contextChars)) talk.splice(0, 2);
  return [...system, ...talk];
}

async function ask(question) {
  talk.push({ role: "user", content: question });
  add("user", question);
  const item = add("assistant", "");
  item.setAttribute("aria-busy", "true");
  running = new AbortController();
  at("send").textContent = text.stop;
  let answer = "", rest = "";
  try {
    const response = await fetch("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, signal: running.signal,
      body: JSON.stringify({ model: config.model, messages: recent(), max_tokens: Number(config.maxTokens), stream: true }) });
    if (!response.ok) throw new Error(`${text[response.status] || text.failed} (${response.status})`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data: ") || line.startsWith("data: [DONE]")) continue;
        const event = JSON.parse(line.slice(6)), choice = event.choices?.[0];
        if (event.error) throw new Error(event.error.message);
        answer += choice?.delta?.content || "";
        if (choice?.finish_reason === "length") answer += text.cut;
      }
      draw(item, answer);
      item.scrollIntoView({ block: "end" });
    }
  } catch (error) {
    if (error.name !== "AbortError") add("error", error.message || text.failed);
  }
  item.removeAttribute("aria-busy");
  if (answer) talk.push({ role: "assistant", content: answer.split("</think>").pop().trim() });
  else talk.pop(), item.remove();
  running = null;
  at("send").textContent = text.send;
}

async function start() {
  config = await (await fetch("config.json")).json();
  const language = config.language !== "auto" ? config.language : navigator.language.startsWith("fr") ? "fr" : "en";
  text = TEXTS[language];
  document.documentElement.lang = language;
  document.title = at("title").textContent = config.title;
  at("intro").textContent = config.intro || "";
  for (const id of ["label", "send", "clear", "note"]) at(id).textContent = text[id];
  for (const example of config.examples || []) {
    const button = at("examples").appendChild(document.createElement("button"));
    button.textContent = example;
    button.onclick = () => { if (!running) ask(example); };
  }
  at("question").maxLength = Number(config.contextChars) / 2;
}

at("form").onsubmit = (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const question = at("question").value.trim();
  if (!question || !config) return;
  at("question").value = "";
  ask(question);
};
at("question").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); if (!running) at("form").requestSubmit(); }
};
at("clear").onclick = () => { running?.abort(); talk = []; at("talk").textContent = ""; at("question").focus(); };
start();
