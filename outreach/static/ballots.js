// Ballots on a device that is handed round. Answers stay here, as totals without a time or an order, until
// the form that closes the event takes them along; the server then names their key, and they are erased.
"use strict";

(() => {
  const PREFIX = "outreach-ballots/";
  const THANKS_MS = 10000;
  const IDLE_MS = 60000;
  // So soon after a step changed, a tap was meant for what stood there before.
  const SETTLE_MS = 350;

  const read = (eventId) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + eventId)) || { batches: [] };
    } catch {
      return { batches: [] };
    }
  };
  const write = (eventId, kept) => {
    if (kept.batches.length) localStorage.setItem(PREFIX + eventId, JSON.stringify(kept));
    else localStorage.removeItem(PREFIX + eventId);
  };
  const canKeep = () => {
    try {
      localStorage.setItem(PREFIX, "1");
      localStorage.removeItem(PREFIX);
      return true;
    } catch {
      return false;
    }
  };
  // What nobody handed in while the door was open can never be handed in.
  const sweep = () => {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      const { until } = read(name.slice(PREFIX.length));
      if (!(until > Date.now())) localStorage.removeItem(name);
    }
  };
  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  };
  const sum = (batches) => batches.flatMap((batch) => batch.totals).reduce((all, each) => all + each, 0);
  const show = (output, number) => {
    output.textContent = new Intl.NumberFormat(document.documentElement.lang).format(number);
  };

  const device = (page) => {
    const { eventId, question } = page.dataset;
    const answers = Number(page.dataset.answers);
    const steps = [...page.querySelectorAll("[data-step]")];
    let last = null;
    let timer = 0;
    let changedAt = -SETTLE_MS;

    const count = () => {
      const mine = read(eventId).batches.filter((batch) => batch.question === question);
      show(page.querySelector("[data-count]"), sum(mine));
    };
    const change = (answer, by) => {
      const kept = read(eventId);
      // Totals that were sent may have arrived, whatever we heard of it: nothing is added to them.
      let batch = kept.batches.find((each) => each.question === question && !each.isSent);
      if (!batch) {
        batch = { key: newKey(), question, totals: Array(answers).fill(0), isSent: false };
        kept.batches.push(batch);
      }
      batch.totals[answer] = Math.max(0, batch.totals[answer] + by);
      kept.batches = kept.batches.filter((each) => sum([each]));
      kept.until = Number(page.dataset.until);
      write(eventId, kept);
      count();
    };
    const go = (step, language = "") => {
      clearTimeout(timer);
      for (const each of steps) {
        each.hidden = each.dataset.step !== step || (each.dataset.language || "") !== language;
      }
      const shown = steps.find((each) => !each.hidden);
      shown.querySelector("[tabindex]").focus();
      scrollTo(0, 0);
      changedAt = performance.now();
      if (step === "start") last = null;
      else timer = setTimeout(() => go("start"), step === "thanks" ? THANKS_MS : IDLE_MS);
    };

    page.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || performance.now() - changedAt < SETTLE_MS) return;
      const { choose, answer, act } = button.dataset;
      const language = button.closest("[data-step]").dataset.language;
      if (choose) {
        // The way back leads to the start and not to what this browser showed before.
        history.pushState(null, "");
        go("ask", choose);
      } else if (answer && last === null) {
        last = Number(answer);
        change(last, 1);
        go("thanks", language);
      } else if (act === "undo" && last !== null) {
        change(last, -1);
        last = null;
        go("ask", language);
      } else {
        go("start");
      }
    });
    addEventListener("popstate", () => go("start"));
    addEventListener("storage", count);
    page.hidden = false;
    count();
  };

  const closing = (form) => {
    const { eventId } = form.dataset;
    const taken = form.dataset.taken.split(" ");
    const kept = read(eventId);
    kept.batches = kept.batches.filter((batch) => !taken.includes(batch.key));
    write(eventId, kept);
    const waiting = sum(kept.batches);
    if (!waiting) return;
    const box = document.querySelector("[data-on-device]");
    show(box.querySelector("output"), waiting);
    box.hidden = false;
    form.addEventListener("submit", () => {
      const now = read(eventId);
      form.querySelectorAll("[name=batch]").forEach((each) => each.remove());
      for (const batch of now.batches) {
        batch.isSent = true;
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "batch";
        field.value = [batch.key, batch.question, ...batch.totals].join(".");
        form.append(field);
      }
      write(eventId, now);
    });
  };

  const page = document.querySelector("[data-kiosk]");
  const form = document.querySelector("form[data-event-id]");
  if (!canKeep()) {
    document.querySelectorAll("[data-no-room]").forEach((each) => { each.hidden = false; });
    return;
  }
  sweep();
  if (page) device(page);
  if (form) closing(form);
})();
