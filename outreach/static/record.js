// Records with the microphone and puts a WAV file as telephones play it (8 kHz, one channel, 16 bits) into
// the form, which sends it like any other file. Without this script a file is chosen.
"use strict";

(() => {
  const box = document.querySelector("[data-recorder]");
  if (!box || !navigator.mediaDevices || !window.MediaRecorder || !window.DataTransfer) return;

  const RATE_HZ = 8000;
  const LONGEST_MS = 30000;
  const find = (name) => box.querySelector(`[data-${name}]`);
  const [start, stop, preview, state] = ["start", "stop", "preview", "state"].map(find);
  const field = box.closest("form").querySelector('input[type="file"]');
  const say = (name) => {
    state.textContent = name ? box.querySelector(`[data-words="${name}"]`).textContent : "";
  };
  box.querySelectorAll("[data-words]").forEach((each) => { each.hidden = true; });
  box.hidden = false;

  const wav = (samples) => {
    const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const text = (at, word) => [...word].forEach((sign, i) => view.setUint8(at + i, sign.charCodeAt(0)));
    text(0, "RIFF");
    view.setUint32(4, 36 + 2 * samples.length, true);
    text(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, RATE_HZ, true);
    view.setUint32(28, 2 * RATE_HZ, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    text(36, "data");
    view.setUint32(40, 2 * samples.length, true);
    samples.forEach((value, i) => {
      view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, value))), true);
    });
    return view.buffer;
  };

  const forTelephone = async (blob) => {
    const context = new AudioContext();
    const sound = await context.decodeAudioData(await blob.arrayBuffer());
    context.close();
    const length = Math.min(Math.ceil(sound.duration * RATE_HZ), (LONGEST_MS / 1000) * RATE_HZ);
    const line = new OfflineAudioContext(1, length, RATE_HZ);
    const source = line.createBufferSource();
    source.buffer = sound;
    source.connect(line.destination);
    source.start();
    return wav((await line.startRendering()).getChannelData(0));
  };

  const keep = async (blob) => {
    try {
      const file = new File([await forTelephone(blob)], "recording.wav", { type: "audio/wav" });
      const files = new DataTransfer();
      files.items.add(file);
      field.files = files.files;
      preview.src = URL.createObjectURL(file);
      preview.hidden = false;
      say("ready");
    } catch {
      say("failed");
    }
  };

  start.addEventListener("click", async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      say("denied");
      return;
    }
    const pieces = [];
    const recorder = new MediaRecorder(stream);
    const end = () => { if (recorder.state !== "inactive") recorder.stop(); };
    const timer = setTimeout(end, LONGEST_MS);
    stop.onclick = end;
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      start.hidden = false;
      stop.hidden = true;
      keep(new Blob(pieces, { type: recorder.mimeType }));
    };
    start.hidden = true;
    stop.hidden = false;
    stop.focus();
    say("recording");
    recorder.start();
  });
})();
