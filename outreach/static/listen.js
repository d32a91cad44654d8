// Lets a phone in the browser be heard: recordings are played, other words are said by the browser's own
// voice. Everything is on the page as text as well.
"use strict";

(() => {
  const speech = window.speechSynthesis;

  const play = (audio) => new Promise((done) => {
    audio.onended = audio.onerror = done;
    audio.currentTime = 0;
    audio.play().catch(done);
  });

  const speak = (line) => new Promise((done) => {
    if (!speech) return done();
    const words = new SpeechSynthesisUtterance(line.textContent.trim());
    words.lang = line.lang;
    words.onend = words.onerror = done;
    speech.speak(words);
  });

  document.querySelectorAll("[data-call]").forEach((call) => {
    const button = call.querySelector("[data-listen]");
    const answer = [...call.querySelectorAll(".chat > li:not(.own)")].pop();
    if (!button || !answer) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      for (const line of answer.querySelectorAll("[data-said]")) {
        const audio = line.querySelector("audio");
        await (audio ? play(audio) : speak(line));
      }
      button.disabled = false;
    });
  });
})();
