"use strict";
const TEXTS = {
  en: { label: "Your question", send: "Ask", stop: "Stop", clear: "New conversation", cut: " [cut: longest answer]", note: "A model writes the answers; they can be wrong. Enter no personal data.", failed: "No answer. Try again later." },
  fr: { label: "Votre question", send: "Demander", stop: "Arr\u00eater", clear: "Nouvelle conversation", cut: " [longueur maximale]", note: "Un mod\u00e8le r\u00e9dige les r\u00e9ponses ; elles peuvent \u00eatre fausses. Pas de donn\u00e9es personnelles.", failed: "Pas de r\u00e9ponse. R\u00e9essayez plus tard." },
};
const at = (id) => document.getElementById(id);
let config, text, running, talk = [];

function add(kind, content) {
  const part = at("talk").appendChild(document.createElement("div"));
  part.className = kind;
  part.textContent = content; // never as HTML: a model wrote it
  scrollTo(0, 1e9);
  return part;
}

async function ask(question) {
  const own = talk;
  own.push({ role: "user", content: question });
  const system = config.system ? [{ role: "system", content: config.system }] : [];
  while (own.length > 1 && JSON.stringify([system, own]).length > config.contextChars) own.splice(0, 2); // forgets the oldest
  add("user", question);
  const part = add("", "");
  part.ariaBusy = true;
  running = new AbortController();
  at("send").textContent = text.stop;
  let answer = "", rest = "", read;
  try {
    const response = await fetch("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, signal: running.signal,
      body: JSON.stringify({ model: config.model, messages: [...system, ...own], max_tokens: +config.maxTokens, stream: true }) });
    if (!response.ok) throw Error(response.status);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    while (!(read = await reader.read()).done) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const [choice] = line.startsWith("data: {") ? JSON.parse(line.slice(6)).choices : [];
        answer += choice?.delta.content ?? "";
        if (choice?.finish_reason === "length") answer += text.cut;
      }
      part.textContent = answer.replace(/<.?think>/g, " - - - ").trim();
      scrollTo(0, 1e9);
    }
  } catch (error) {
    if (error.name !== "AbortError") add("error", `${text.failed} (${error.message})`);
  }
  part.ariaBusy = null;
  if (answer) own.push({ role: "assistant", content: answer.split("</think>").pop().trim() });
  else own.pop();
  running = null;
  at("send").textContent = text.send;
}

at("form").onsubmit = (event) => {
  event.preventDefault();
  if (running) return running.abort();
  const question = at("question").value.trim();
  if (!question) return;
  at("question").value = "";
  ask(question);
};
at("question").onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) at("send").click();
};
at("clear").onclick = () => { running?.abort(); talk = []; at("talk").textContent = ""; };
fetch("config.json").then((reply) => reply.json()).then((read) => {
  config = read;
  const wish = config.language === "auto" ? navigator.language : config.language;
  const language = document.documentElement.lang = wish.startsWith("fr") ? "fr" : "en";
  text = TEXTS[language];
  document.title = at("title").textContent = config.title;
  at("intro").textContent = config.intro ?? "";
  for (const id of ["label", "send", "clear", "note"]) at(id).textContent = text[id];
});
