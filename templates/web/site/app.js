"use strict";
const TEXTS = {
  en: { label: "Your question", send: "Ask", stop: "Stop", clear: "New conversation", think: "Reasoning", cut: " […longest answer]", note: "A model writes the answers; they can be wrong. No personal data, please.", failed: "No answer. Try again later." },
  fr: { label: "Votre question", send: "Demander", stop: "Arrêter", clear: "Nouvelle conversation", think: "Raisonnement", cut: " […longueur maximale]", note: "Un modèle rédige les réponses ; elles peuvent être fausses. Pas de données personnelles, s'il vous plaît.", failed: "Pas de réponse. Réessayez plus tard." },
};
const at = (id) => document.getElementById(id);
let config, text, running, talk = [];

function add(kind, content) {
  const part = at("talk").appendChild(document.createElement("div"));
  part.className = kind;
  part.textContent = content; // as text: nothing that a model writes becomes part of the page
  return part;
}

// models that reason first end that part with </think>
function draw(part, answer) {
  const [before, after] = answer.split("</think>");
  part.textContent = (after ?? before).trim();
  if (after === undefined) return;
  const fold = document.createElement("details");
  fold.appendChild(document.createElement("summary")).textContent = text.think;
  fold.append(before.replace("<think>", "").trim());
  part.prepend(fold);
}

async function ask(question) {
  talk.push({ role: "user", content: question });
  const system = config.system ? [{ role: "system", content: config.system }] : [];
  while (talk.length > 1 && JSON.stringify([system, talk]).length > config.contextChars) talk.splice(0, 2); // forgets the oldest
  add("user", question);
  const part = add("answer", "");
  part.ariaBusy = true;
  running = new AbortController();
  at("send").textContent = text.stop;
  let answer = "", rest = "";
  try {
    const response = await fetch("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, signal: running.signal,
      body: JSON.stringify({ model: config.model, messages: [...system, ...talk], max_tokens: +config.maxTokens, stream: true }) });
    if (!response.ok) throw Error(response.status);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let read; !(read = await reader.read()).done; ) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data: {")) continue;
        const [choice] = JSON.parse(line.slice(6)).choices;
        answer += choice?.delta.content ?? "";
        if (choice?.finish_reason === "length") answer += text.cut;
      }
      draw(part, answer);
      part.scrollIntoView({ block: "end" });
    }
  } catch (error) {
    if (error.name !== "AbortError") add("error", `${text.failed} (${error.message})`);
  }
  part.ariaBusy = null;
  if (answer) talk.push({ role: "assistant", content: answer.split("</think>").pop().trim() });
  else talk.pop();
  running = null;
  at("send").textContent = text.send;
}

at("form").onsubmit = (event) => {
  event.preventDefault();
  const question = at("question").value.trim();
  if (running) return running.abort();
  if (!question || !config) return;
  at("question").value = "";
  ask(question);
};
at("question").onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) at("form").requestSubmit();
};
at("clear").onclick = () => { running?.abort(); talk = []; at("talk").textContent = ""; };
fetch("config.json").then((reply) => reply.json()).then((read) => {
  config = read;
  const language = config.language === "auto" ? navigator.language.slice(0, 2) : config.language;
  text = TEXTS[language] ?? TEXTS.en;
  document.documentElement.lang = text === TEXTS.fr ? "fr" : "en";
  document.title = at("title").textContent = config.title;
  at("intro").textContent = config.intro ?? "";
  for (const id of ["label", "send", "clear", "note"]) at(id).textContent = text[id];
});
